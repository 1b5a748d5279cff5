// The shape that is being typed or drawn: the form writes it, the map shows it and hands presses back.
import { signal } from "@preact/signals";
import type { Geometry } from "geojson";
import type { Why } from "./api";

/** Longitude and latitude, degrees. */
export type Place = [number, number];

export interface Sketch {
  /** The form that it belongs to. */
  owner: object;
  /** What the positions make: the middle of a circle, a path, or corners. */
  kind: string;
  /** Each position as the station reads it, by its line. */
  places: { line: number; at: Place }[];
  /** What they are joined by; another can be put on each, at its middle, and would get that line. */
  legs: { line: number; from: Place; to: Place; middle: Place }[];
  /** Its outline, where it is sound. */
  outline: Geometry | null;
  /** Why it is not, if it is not. */
  refused: Why | null;
  /** Whether all this is of what is typed now; else the station is asked, and lines may be others. */
  fresh: boolean;
  /** Whether presses on the map change it. */
  drawing: boolean;
  add(at: Place): void;
  move(line: number, at: Place): void;
  insert(line: number, at: Place): void;
  remove(line: number): void;
  undo: (() => void) | null;
  done(): void;
}

export const sketch = signal<Sketch | null>(null);

/** The position that is picked out on the map, by its line. */
export const held = signal<number | null>(null);

export const MARKERS = ["hole", "area"];

/** The lines of a typed place. */
export function linesOf(text: string): string[] {
  return text.split("\n");
}

export function isPosition(line: string): boolean {
  const said = line.trim().toLowerCase();
  return said !== "" && !MARKERS.includes(said);
}

/** A place as it is typed: latitude first, to about a metre unless said otherwise. */
export function typed([lon, lat]: Place, places = 5): string {
  const short = (angle: number) => angle.toFixed(places).replace(/\.?0+$/, "");
  return `${short(lat)} ${short(lon)}`;
}

/** What positions are joined by; in an area also the last with the first. */
export function legsOf(kind: string, lines: string[], places: Sketch["places"]): Sketch["legs"] {
  if (kind === "circle") return [];
  const rings: Sketch["places"][] = [[]];
  let next = 0;
  lines.forEach((text, line) => {
    if (isPosition(text)) {
      const place = places[next++];
      if (place !== undefined) rings.at(-1)?.push({ line, at: place.at });
    } else if (text.trim() !== "") rings.push([]);
  });
  return rings.flatMap((ring) =>
    ring.flatMap((from, index) => {
      const to = ring[index + 1] ?? (kind === "area" && ring.length > 2 ? ring[0] : undefined);
      if (to === undefined) return [];
      // The short way around, also where it crosses the antimeridian.
      const east = from.at[0] + ((((to.at[0] - from.at[0]) % 360) + 540) % 360) - 180;
      const middle: Place = [(from.at[0] + east) / 2, (from.at[1] + to.at[1]) / 2];
      return [{ line: from.line + 1, from: from.at, to: [east, to.at[1]] as Place, middle }];
    }),
  );
}
