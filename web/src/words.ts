// Phrases in the reader's language (Fluent), and ages in words.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { computed, signal } from "@preact/signals";
import en from "../phrases/en.ftl?raw";
import ruRefusals from "../../src/openline/forms/refusals/ru.ftl?raw";
import ru from "../phrases/ru.ftl?raw";

export const languages = { en: "English", ru: "Русский" } as const;
export type Language = keyof typeof languages;

function bundle(language: Language, text: string): FluentBundle {
  // Isolation marks are left out: every language so far runs left to right, and
  // foreign text stands in elements of its own with dir="auto".
  const made = new FluentBundle(language, { useIsolating: false });
  const errors = made.addResource(new FluentResource(text));
  if (errors.length > 0) console.error("phrases", language, errors);
  return made;
}

const bundles: Record<Language, FluentBundle> = { en: bundle("en", en), ru: bundle("ru", ru) };

/** What the station's error codes mean, in the languages in which it does not say so itself. */
const refusals: Partial<Record<Language, FluentBundle>> = { ru: bundle("ru", ruRefusals) };

const KEPT = "openline.language";

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept !== null && kept in languages) return kept as Language;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return (wanted.find((tag) => tag in languages) as Language | undefined) ?? "en";
}

export const language = signal<Language>(first());

export function speak(wanted: Language): void {
  language.value = wanted;
  localStorage.setItem(KEPT, wanted);
}

const current = computed(() => bundles[language.value]);

/** The phrase `id`; a missing one falls back to English, then to its own name. */
export function t(id: string, args?: Record<string, FluentVariable>): string {
  for (const each of [current.value, bundles.en]) {
    const found = each.getMessage(id);
    if (found?.value) return each.formatPattern(found.value, args ?? null);
  }
  return id;
}

/** What an error of that code means, in the reader's language; null where nothing says so. */
export function meaning(code: string): string | null {
  const made = refusals[language.value];
  const found = made?.getMessage(code)?.value;
  return made && found ? made.formatPattern(found) : null;
}

/** A word of the station (`up`, `flash`, `minister`) in the reader's language, or as it came. */
export function word(group: string, value: string): string {
  const id = `${group}-${value}`;
  const found = current.value.hasMessage(id) || bundles.en.hasMessage(id);
  return found ? t(id) : value;
}

/** A whole length of time in words, coarser as it grows: `12 s`, `3 min`, `2 h 10 min`, `84 days`. */
export function span(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  if (seconds < 60) return t("span-seconds", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("span-minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("span-hours", { h: hours, m: minutes % 60 });
  return t("span-days", { n: Math.floor(hours / 24) });
}

/** How long ago `then` was; a time ahead of the station's clock is said to be ahead. */
export function ago(then: number, now: number): string {
  return now - then >= -999 ? t("ago", { span: span(now - then) }) : t("ahead", { span: span(now - then) });
}

export function distance(metres: number): string {
  const tag = language.value;
  if (metres < 10_000) return t("metres", { n: new Intl.NumberFormat(tag).format(Math.round(metres)) });
  const km = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 }).format(metres / 1000);
  return t("kilometres", { n: km });
}
