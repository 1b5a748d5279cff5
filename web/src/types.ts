// The shapes of the station's replies. Times are RFC 3339 in UTC, distances metres.
import type { Geometry } from "geojson";

export interface Head {
  epoch: number;
  size: number;
  root: string;
}

export interface LastTest {
  at: string;
  result: string;
  rtt_ms: number | null;
  offset_ms: number | null;
  /** Whether both sides named the same heads in that test; absent when it was not compared. */
  records_equal?: boolean | null;
}

export interface CarrierState {
  name: string;
  state: string;
  last_ok: string | null;
  error: string | null;
  error_code?: string | null;
}

export interface Line {
  line: string;
  name: string;
  observed: string;
  declared: string;
  queued: number;
  last_test: LastTest | null;
  next_test?: string | null;
  last_human_test?: HumanTest | null;
  records: { out: Head; in: Head };
  conflicts: number;
  /** How many messages a person should have answered by now: theirs by us, ours by them. */
  overdue?: { in: number; out: number; more: boolean };
  alarms?: number;
  carriers?: CarrierState[];
}

export type MissingSecret =
  | { of: "carrier"; line: string; carrier: string; option: string }
  | { of: "way"; person: string; way: number; kind: string };

/** A terrain model or the geoid's grid that a backup did not hold, and that is to be loaded again. */
export interface MissingHeights {
  of: "terrain" | "geoid";
  name: string;
  bytes: number;
  sha256: string;
}

export interface Status {
  now: string;
  party: string;
  name?: string;
  /** What no backup holds, and nobody has given again since a restore. */
  missing_secrets?: MissingSecret[];
  missing_heights?: MissingHeights[];
  lines: Line[];
}

export interface Message {
  id: string;
  line: string;
  direction: "out" | "in";
  number: number | null;
  form: string;
  precedence: string;
  at: string;
  state: string;
  received_at: string | null;
  /** The officer whom it names; none for what a machine said, or an older station. */
  by?: string | null;
  automatic?: boolean | null;
  disputed: boolean;
  text: string | null;
  /** What was filled into its form; times are RFC 3339. */
  fields?: Record<string, unknown>;
}

export interface Messages {
  now: string;
  messages: Message[];
}

export interface OverdueMessage extends Message {
  answer_by: string;
  /** The words that its kind is answered with; none where any word will do. */
  answers?: string[];
}

export interface Overdue {
  now: string;
  messages: OverdueMessage[];
  more: boolean;
}

export interface Call {
  id: string;
  line: string;
  state: string;
  /** The party whose answer is awaited; empty where none is. */
  awaits: string;
  turns: { at: string; by: string; state: string }[];
}

export interface Calls {
  now: string;
  calls: Call[];
}

export interface Clock {
  line: string;
  level: string;
  last: string | null;
  days: number | null;
  certainty: string | null;
  sought: number;
  declined: number;
  unanswered: number;
}

export interface TestCount {
  line: string;
  last: string | null;
  run: number;
  passed: number;
}

export interface Clocks {
  now: string;
  clocks: Clock[];
  tests: TestCount[];
}

export interface Activity {
  id: string;
  line: string;
  party: string;
  title: string;
  kind: string;
  state: string;
  from: string;
  to: string;
  /** The altitude band as text, with unit and datum. */
  band: string;
  geometry: Geometry;
  /** What is amiss with it: late, unconfirmed, unverified, lacking. */
  marks?: string[];
  /** What its kind needs and it does not say. */
  lacks?: string[];
  /** Known to this station alone. */
  private?: boolean;
  permanent?: boolean;
  revision?: number;
  announced_at?: string | null;
  /** The officer who gave the coordinates, if one was named. */
  author?: string | null;
  verified?: { officer: string; notation: string } | null;
  confirmed_at?: string | null;
  confirm_by?: string | null;
  /** What a private activity collides with. */
  findings?: Finding[];
}

export interface Finding {
  id: string;
  party: string;
  title: string;
  from: string;
  to: string;
  horizontal_m: number;
  vertical_m: number;
  state: string;
  flags: string[];
}

/** An activity with what was written into its form. */
export interface Written {
  now: string;
  id: string;
  fields: Record<string, unknown>;
  versions: Version[];
}

/** One version of an activity, as it was said. */
export interface Version {
  revision: number;
  at: string;
  by: string | null;
  text: string;
}

/** A shape as the station reads what was typed; `refused` where that is none, or not yet. */
export interface Seen {
  positions: { lon: number; lat: number; decimal: string; dms: string; mgrs: string }[];
  geometry: Geometry | null;
  refused: Failure | null;
}

/** What a person of a side has said of a conflict. */
export interface Said {
  party: string;
  word: string;
  at: string;
  by: string;
  text: string;
}

export interface Conflict {
  id: string;
  line?: string;
  activities: { id: string; party: string; title: string }[];
  from: string;
  to: string;
  horizontal_m: number | null;
  vertical_m: number | null;
  state: string;
  flags?: string[];
  said?: Said[];
  /** With what is private: known to this station alone. */
  private?: boolean;
}

/** What plans would conflict with that nobody was told of. */
export interface WhatIf {
  now: string;
  conflicts: Conflict[];
}

export interface MapData {
  now: string;
  activities: Activity[];
  conflicts: Conflict[];
  /** Pairs of two lines: for this desk alone. */
  own_desk?: Conflict[];
}

export interface Unit {
  unit: string;
  /** Whether it was told of the version that stands. */
  current: boolean;
  passed_at: string;
  acknowledged_by: string;
}

export interface Notice {
  id: string;
  revision: string;
  line: string;
  party: string;
  title: string;
  kind: string;
  from: string;
  to: string;
  answers: { id: string; answer: string; revision: string; party: string; by: string; at: string; text: string }[];
  passing: { by: string; state: string; next_alarm: string | null; units: Unit[] };
}

export interface Notices {
  now: string;
  notices: Notice[];
}

export interface HumanTest {
  at: string;
  result: string;
  seconds: number | null;
  why: string;
}

export interface Alarm {
  id: string;
  line: string;
  message: string | null;
  precedence: string;
  form: string | null;
  text: string;
  raised_at: string;
  count: number;
  /** The words with which the message behind it can be answered at once. */
  answers?: string[];
  acknowledged_at: string | null;
  /** The text in two: what it is, and what was found. */
  lead?: string;
  found?: string;
  /** Of a missed test: empty while it stands, `passed` once one was answered, `again` once another
   * miss alarms in its place. */
  over?: string;
  over_at?: string | null;
}

export interface Alarms {
  now: string;
  alarms: Alarm[];
}

/** Who acts, and whether the station has officers at all. */
export interface Who {
  now: string;
  officer: { name: string; role: string } | null;
  officers: boolean;
}

export interface OfficerRow {
  name: string;
  role: string;
  disabled: boolean;
  on: boolean;
}

export interface Officers {
  now: string;
  officers: OfficerRow[];
}

export interface Step {
  step: string;
  by: string;
  at: string;
  form: string | null;
  automatic: boolean;
  text: string | null;
}

export interface Timeline {
  now: string;
  lines: { line: string; steps: Step[]; waits: { answer_by: string } | null }[];
}

export interface Failure {
  code: string;
  message: string;
  whose: string;
  rule: string;
  next: string;
}

/** One activity of a file, as the station understands it. */
export interface FiledActivity {
  place: string;
  ref: string;
  title: string;
  kind_label: string;
  start: string;
  end: string;
  band: string;
  positions: { decimal: string; dms: string; mgrs: string }[];
  notes: string[];
}

/** A file that was looked at; nothing of it was sent. */
export interface Filed {
  now: string;
  format: string;
  activities: FiledActivity[];
  errors: Failure[];
  errors_found: number;
}
