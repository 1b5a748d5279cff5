// Small parts that every panel is made of.
import type { ComponentChildren } from "preact";
import { saidOf, type Why } from "./api";
import { stationNow, utc } from "./clock";
import { contact, type Datum } from "./store";
import type { Failure } from "./types";
import { ago, language, meaning, t, word } from "./words";

/** Data not renewed for this long are marked stale, whatever the connection says. */
const STALE_MS = 30_000;

/** `3 min ago`, ticking by the station's clock, with the exact time on hover; `never` for null. */
export function Ago({ at, never }: { at: string | null | undefined; never?: string }) {
  if (at === null || at === undefined) return <span class="never">{never ?? t("never")}</span>;
  const then = Date.parse(at);
  const now = stationNow.value;
  return (
    <time dateTime={at} title={utc(then)}>
      {now === null ? utc(then) : ago(then, now)}
    </time>
  );
}

const SHAPES: Record<string, string> = {
  good: "●",
  doubt: "▲",
  bad: "✕",
  unknown: "?",
};

const SENSE: Record<string, string> = {
  up: "good",
  late: "doubt",
  down: "bad",
  untested: "unknown",
  open: "good",
  suspended: "doubt",
  passed: "good",
  failed: "bad",
};

/** A state as a word, with a shape and a colour beside it; an unknown state reads as it came. */
export function State({ group, value, big }: { group: string; value: string; big?: boolean }) {
  const sense = SENSE[value] ?? "unknown";
  return (
    <span class={`state ${sense}${big ? " big" : ""}`} data-state={value}>
      <span aria-hidden="true">{SHAPES[sense]}</span> {word(group, value)}
    </span>
  );
}

/** How old this panel's data are, said louder when they are stale. */
function AsOf({ datum }: { datum: Datum<unknown> }) {
  const now = stationNow.value;
  if (datum.asOf === null || now === null) return null;
  const stale = contact.value !== "live" || now - datum.asOf > STALE_MS || datum.failed !== null;
  return (
    <span class={stale ? "asof stale" : "asof"}>
      {t(stale ? "as-of-stale" : "as-of", { time: utc(datum.asOf).slice(11), age: ago(datum.asOf, now) })}
    </span>
  );
}

interface PanelProps {
  name: string;
  title: string;
  data: Datum<unknown>;
  children: ComponentChildren;
}

/** A titled part of the page with the age of what it shows. */
export function Panel({ name, title, data, children }: PanelProps) {
  return (
    <section class={`panel ${name}`} aria-labelledby={`title-${name}`}>
      <header>
        <h2 id={`title-${name}`}>{title}</h2>
        <AsOf datum={data} />
      </header>
      {data.failed !== null && contact.value === "live" && (
        <p class="failed">
          {t("not-renewed")} <Said failure={data.failed.failure} />
        </p>
      )}
      {data.value === null ? <p class="quiet">{t("nothing-heard")}</p> : children}
    </section>
  );
}

export const OVER = new Set(["ended", "cancelled", "resolved", "expired"]);

/** What is or will be, and what is over. */
export function split<T extends { state: string }>(all: T[]): [T[], T[]] {
  return [all.filter((each) => !OVER.has(each.state)), all.filter((each) => OVER.has(each.state))];
}

/** What is over, kept at hand but out of the way. */
export function Past({ count, children }: { count: number; children: ComponentChildren }) {
  if (count === 0) return null;
  return (
    <details class="past">
      <summary>{t("past", { n: count })}</summary>
      <ul>{children}</ul>
    </details>
  );
}

interface TypedProps {
  name: string;
  label: string;
  value: string;
  set: (text: string) => void;
  required?: boolean;
  maxLength?: number;
  /** What it must look like, and one that does. */
  pattern?: string;
  like?: string;
}

/** One line that an officer types. */
export function Typed({ label, set, like, ...field }: TypedProps) {
  return (
    <label>
      {label}{" "}
      <input
        type="text"
        dir="auto"
        autocomplete="off"
        {...field}
        {...(like === undefined ? {} : { placeholder: like, title: like })}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

/** What an error of that code means, in the reader's language; then the station's own English words. */
export function Meant({ code, exact }: { code: string; exact: string }) {
  if (language.value === "en") return <>{exact}</>;
  return (
    <>
      {meaning(code)}{" "}
      <span class="exact" lang="en" dir="ltr">
        {exact}
      </span>
    </>
  );
}

/** What the station refused; its own words alone hold the numbers, names and rows. */
export function Said({ failure }: { failure: Failure | null }) {
  return failure === null ? null : <Meant code={failure.code} exact={saidOf(failure)} />;
}

interface AskedProps {
  /** What its button says; the other one leaves it. */
  label: string;
  idle: boolean;
  send: () => void;
  leave: () => void;
  children: ComponentChildren;
}

/** What a deed asks for beside the press. */
export function Asked({ label, idle, send, leave, children }: AskedProps) {
  return (
    <form
      class="move"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {children}{" "}
      <button type="submit" disabled={!idle}>
        {label}
      </button>{" "}
      <button type="button" onClick={leave}>
        {t("move-not")}
      </button>
    </form>
  );
}

/** Why something was not done, where it was not. */
export function Refused({ why }: { why: Why | null }) {
  if (why === null) return null;
  return (
    <p class="failed" role="status">
      {why.text} <Said failure={why.failure} />
    </p>
  );
}
