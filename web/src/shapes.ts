// Plain arithmetic over GeoJSON for placing labels and framing the view.
// Nothing here decides anything: verdicts come from the station.
import type { Geometry, Position } from "geojson";

/** West, south, east, north in degrees. */
export type Box = [number, number, number, number];

function positions(shape: Geometry): Position[] {
  switch (shape.type) {
    case "Point":
      return [shape.coordinates];
    case "LineString":
    case "MultiPoint":
      return shape.coordinates;
    case "Polygon":
    case "MultiLineString":
      return shape.coordinates.flat();
    case "MultiPolygon":
      return shape.coordinates.flat(2);
    case "GeometryCollection":
      return shape.geometries.flatMap(positions);
  }
}

export function boxOf(shapes: Geometry[]): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const at of shapes.flatMap(positions)) {
    const [x, y] = at;
    if (x === undefined || y === undefined) continue;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box[0] <= box[2] ? box : null;
}

/** Where to put a conflict's number: the middle of what both boxes share, or between them. */
export function between(a: Box, b: Box): [number, number] {
  const middle = (low: number, high: number) => (low + high) / 2;
  return [
    middle(Math.max(a[0], b[0]), Math.min(a[2], b[2])),
    middle(Math.max(a[1], b[1]), Math.min(a[3], b[3])),
  ];
}
