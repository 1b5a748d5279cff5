// The world's land, made ready for a flat map.
import type { Feature, FeatureCollection, MultiPolygon, Position } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import landUrl from "world-atlas/land-50m.json?url";

/** A ring whose longitudes run on across 180° instead of jumping to the other side of the map. */
function unrolled(ring: Position[]): Position[] {
  let turn = 0;
  let before = ring[0]?.[0] ?? 0;
  const made = ring.map(([x = 0, y = 0]) => {
    if (x - before > 180) turn -= 360;
    else if (before - x > 180) turn += 360;
    before = x;
    return [x + turn, y];
  });
  const [first, last] = [made[0], made.at(-1)];
  if (first === undefined || last === undefined || first[0] === last[0]) return made;
  // Around a pole, a ring ends a whole turn from where it began: it is closed along the pole.
  const pole = (last[1] ?? 0) < 0 ? -90 : 90;
  return [...made, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first];
}

function middle(ring: Position[]): number {
  const xs = ring.map(([x = 0]) => x);
  return (Math.min(...xs) + Math.max(...xs)) / 2;
}

/** The ring moved by whole turns until its middle is nearest to `x`. */
function near(ring: Position[], x: number): Position[] {
  const turns = Math.round((x - middle(ring)) / 360) * 360;
  return turns === 0 ? ring : ring.map(([lon = 0, lat = 0]) => [lon + turns, lat]);
}

function polygon(rings: Position[][]): Feature {
  const [outer = [], ...holes] = rings.map(unrolled);
  const placed = near(outer, 0);
  const at = middle(placed);
  return {
    type: "Feature",
    properties: {},
    geometry: { type: "Polygon", coordinates: [placed, ...holes.map((each) => near(each, at))] },
  };
}

/** The coastlines of the package, as one polygon for each land. */
export async function coastlines(): Promise<FeatureCollection> {
  const reply = await fetch(landUrl, { credentials: "same-origin" });
  const topology = (await reply.json()) as Topology<{ land: GeometryCollection }>;
  const land = feature(topology, topology.objects.land).features as Feature<MultiPolygon>[];
  return {
    type: "FeatureCollection",
    features: land.flatMap((each) => each.geometry.coordinates.map(polygon)),
  };
}
