// What this page knows of its station, and since when.
import { computed, signal, type Signal } from "@preact/signals";
import { ApiError, get, told } from "./api";
import { heard } from "./clock";
import type { Alarm, Alarms, Calls, Clocks, Failure, MapData, Messages, Notices, Officers, Overdue, Status, Who } from "./types";
import { language } from "./words";

/** `starting` until first heard; `live`; `lost` when silent; `locked` without a session. */
export type Contact = "starting" | "live" | "lost" | "locked";

export const contact = signal<Contact>("starting");

/** What opens a locked page: the station's link, or an officer's name and password. */
export const locked = signal<"by-link" | "by-name" | null>(null);

/** Note that a request was refused for want of a session, if it was. */
export function lock(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 401) return false;
  contact.value = "locked";
  locked.value = error.failure.code === "no-login" ? "by-name" : "by-link";
  return true;
}

/** A reply with the station's time at which it was true, and why it could not be renewed, if it could not. */
export interface Datum<T> {
  value: T | null;
  asOf: number | null;
  failed: { failure: Failure | null } | null;
}

interface Source<T> {
  path: () => string;
  datum: Signal<Datum<T>>;
}

function source<T extends { now: string }>(path: string): Source<T> {
  // The station says messages, alarms and kinds in the reader's language.
  return { path: () => path.replace("LANGUAGE", language.peek()), datum: signal<Datum<T>>({ value: null, asOf: null, failed: null }) };
}

const sources = {
  status: source<Status>("/api/status"),
  alarms: source<Alarms>("/api/alarms?language=LANGUAGE"),
  messages: source<Messages>("/api/messages?limit=50&language=LANGUAGE"),
  overdue: source<Overdue>("/api/overdue?language=LANGUAGE"),
  calls: source<Calls>("/api/calls"),
  clocks: source<Clocks>("/api/clocks"),
  map: source<MapData>("/api/map?language=LANGUAGE"),
  notices: source<Notices>("/api/notices?language=LANGUAGE"),
  officers: source<Officers>("/api/officers"),
  session: source<Who>("/api/session"),
};

export const status = sources.status.datum;
export const alarms = sources.alarms.datum;
export const messages = sources.messages.datum;
export const overdue = sources.overdue.datum;
export const calls = sources.calls.datum;
export const clocks = sources.clocks.datum;
export const map = sources.map.datum;
export const notices = sources.notices.datum;
export const officers = sources.officers.datum;

/** Alarms that wait for somebody; one that another miss alarms in the place of does not. */
export const standing = computed(() =>
  (alarms.value.value?.alarms ?? []).filter((each) => each.acknowledged_at === null && each.over !== "again"),
);

/** Whether what it alarms of goes on, as far as the station knows. */
export function goesOn(alarm: Alarm): boolean {
  return (alarm.over ?? "") === "";
}

/** Who acts on this page; null until the station has said it. */
export const who = computed(() => sources.session.datum.value.value);

/** Whether whoever sits here may do anything; the station decides it once more. */
export function mayAct(): boolean {
  const here = who.value;
  if (here === null || !here.officers) return true;
  return here.officer !== null && here.officer.role !== "observer";
}

async function renew<T extends { now: string }>(from: Source<T>): Promise<void> {
  try {
    const value = await get<T>(from.path());
    heard(value.now);
    from.datum.value = { value, asOf: Date.parse(value.now), failed: null };
  } catch (error) {
    lock(error);
    from.datum.value = { ...from.datum.value, failed: { failure: told(error) } };
  }
}

let running: Promise<void> | null = null;
let again = false;

async function all(): Promise<void> {
  do {
    again = false;
    await Promise.all([
      renew(sources.status),
      renew(sources.alarms),
      renew(sources.messages),
      renew(sources.overdue),
      renew(sources.calls),
      renew(sources.clocks),
      renew(sources.map),
      renew(sources.notices),
      renew(sources.officers),
      renew(sources.session),
    ]);
    // A burst of changes asks once a quarter of a second, not once for each.
    await new Promise((resolve) => setTimeout(resolve, 250));
  } while (again);
  running = null;
}

/** Fetch everything anew; calls made while one runs are gathered into one more. */
export function refresh(): void {
  if (running === null) running = all();
  else again = true;
}
