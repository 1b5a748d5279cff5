// Meridians and parallels for the view: far from any coast they are all there is to see.
import type { FeatureCollection } from "geojson";
import type { Box } from "./shapes";

const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];
const WANTED = 6;

/** Degrees between neighbours so that about six lines cross the longer side. */
export function stepFor(view: Box): number {
  const across = Math.max(view[2] - view[0], view[3] - view[1]);
  return STEPS.find((step) => across / step <= WANTED) ?? 30;
}

function multiples(low: number, high: number, step: number): number[] {
  const found: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) found.push(Number((n * step).toFixed(4)));
  return found;
}

export interface Graticule {
  meridians: number[];
  parallels: number[];
  lines: FeatureCollection;
}

export function graticule(view: Box): Graticule {
  const step = stepFor(view);
  const [west, south, east, north] = view;
  const meridians = multiples(west, east, step);
  const parallels = multiples(Math.max(south, -85), Math.min(north, 85), step);
  const line = (coordinates: [number, number][]) => ({
    type: "Feature" as const,
    properties: {},
    geometry: { type: "LineString" as const, coordinates },
  });
  return {
    meridians,
    parallels,
    lines: {
      type: "FeatureCollection",
      features: [
        ...meridians.map((x) => line([[x, Math.max(south, -85)], [x, Math.min(north, 85)]])),
        ...parallels.map((y) => line([[west, y], [east, y]])),
      ],
    },
  };
}

/** `22.5° E`, `49° N`; a longitude beyond 180° is brought back. */
export function degrees(value: number, axis: "x" | "y"): string {
  const at = axis === "x" ? ((((value + 180) % 360) + 360) % 360) - 180 : value;
  const side = axis === "x" ? (at < 0 ? "W" : "E") : at < 0 ? "S" : "N";
  return `${Math.abs(Number(at.toFixed(2)))}° ${at === 0 ? "" : side}`.trim();
}
