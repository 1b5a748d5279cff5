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
}

export interface Line {
  line: string;
  name: string;
  observed: string;
  declared: string;
  queued: number;
  last_test: LastTest | null;
  next_test?: string | null;
  records: { out: Head; in: Head };
  conflicts: number;
  alarms?: number;
  carriers?: CarrierState[];
}

export interface Status {
  now: string;
  party: string;
  name?: string;
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
  disputed: boolean;
  text: string | null;
}

export interface Messages {
  now: string;
  messages: Message[];
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
}

export interface MapData {
  now: string;
  activities: Activity[];
  conflicts: Conflict[];
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
  acknowledged_at: string | null;
}

export interface Alarms {
  now: string;
  alarms: Alarm[];
}

export interface Failure {
  code: string;
  message: string;
  whose: string;
  rule: string;
  next: string;
}
