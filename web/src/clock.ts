// The station's clock as this page knows it: the newest `now` it sent, carried
// forward by the monotonic timer. The browser's own wall clock is never asked.
import { computed, signal } from "@preact/signals";

const anchor = signal<{ station: number; timer: number } | null>(null);
const pulse = signal(0);

/** The station's own time when it was last heard. */
export const lastHeard = signal<number | null>(null);

/** A reply on its way makes the station seem behind; by less than this the clock is not set back. */
const JITTER_MS = 1_500;

/** Take the station's `now` from a reply or heartbeat. */
export function heard(now: string): void {
  const station = Date.parse(now);
  if (Number.isNaN(station)) return;
  lastHeard.value = station;
  const timer = performance.now();
  const at = anchor.value;
  const ahead = at === null ? Infinity : at.station + (timer - at.timer) - station;
  if (ahead < 0 || ahead > JITTER_MS) anchor.value = { station, timer };
}

/** The station's time in ms, or null before it was ever heard; moves once a second. */
export const stationNow = computed<number | null>(() => {
  pulse.value;
  const at = anchor.value;
  return at === null ? null : at.station + (performance.now() - at.timer);
});

setInterval(() => {
  pulse.value += 1;
}, 1000);

/** `2022-05-12 23:41:07 UTC`; seconds can be left out. */
export function utc(ms: number, seconds = true): string {
  const text = new Date(ms).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, seconds ? 19 : 16)} UTC`;
}

/** The time of day, or the date and time where it is not the station's today. */
export function utcShort(ms: number): string {
  const now = stationNow.value;
  const today = now !== null && utc(now).slice(0, 10) === utc(ms).slice(0, 10);
  return today ? utc(ms, false).slice(11) : utc(ms, false);
}

/** `2022-05-13 07:30–09:00 UTC` within one day, else both ends in full. */
export function period(from: string, to: string): string {
  const [a, b] = [utc(Date.parse(from), false), utc(Date.parse(to), false)];
  return a.slice(0, 10) === b.slice(0, 10) ? `${a.slice(0, 16)}–${b.slice(11)}` : `${a} – ${b}`;
}

/** `2022-05-13T07:30:00Z` as it is typed: 24 hours and UTC, whatever the browser's habits. */
export const typedTime = (at: string) => at.slice(0, 16).replace("T", " ");

/** What was typed, as the station reads it. */
export const writtenTime = (text: string) => `${text.trim().replace(" ", "T")}:00Z`;
