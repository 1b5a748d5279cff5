// What the map is drawn with. Ours and theirs differ by colour and by dash, never by colour alone.
import type { FeatureCollection } from "geojson";
import type { FilterSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

interface Palette {
  sea: string;
  land: string;
  coast: string;
  grid: string;
  own: string;
  theirs: string;
  conflict: string;
  secret: string;
  sketch: string;
}

const DARK: Palette = {
  sea: "#0b1620",
  land: "#25323d",
  coast: "#6f8496",
  grid: "#3b4a57",
  own: "#5bb8ff",
  theirs: "#ffb454",
  conflict: "#ff4d5e",
  secret: "#d7a6ff",
  sketch: "#ffffff",
};

const LIGHT: Palette = {
  sea: "#d7e5ef",
  land: "#f6f5f0",
  coast: "#55656f",
  grid: "#b9c4cc",
  own: "#0058a8",
  theirs: "#9a5200",
  conflict: "#c4001d",
  secret: "#6b1fa8",
  sketch: "#101418",
};

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

function lines(c: Palette): LayerSpecification[] {
  const own: FilterSpecification = ["==", ["get", "own"], true];
  const secret: FilterSpecification = ["==", ["get", "private"], true];
  const theirs: FilterSpecification = ["all", ["==", ["get", "own"], false], ["!=", ["get", "private"], true]];
  const conflict: FilterSpecification = ["==", ["get", "conflict"], true];
  const picked: FilterSpecification = ["==", ["get", "picked"], true];
  const line = (id: string, filter: FilterSpecification, paint: object): LayerSpecification => ({
    id,
    type: "line",
    source: "activities",
    filter,
    layout: { "line-join": "round" },
    paint,
  });
  return [
    line("conflict", conflict, { "line-color": c.conflict, "line-width": 7, "line-opacity": 0.55 }),
    line("own", own, { "line-color": c.own, "line-width": 2.5 }),
    line("theirs", theirs, { "line-color": c.theirs, "line-width": 2.5, "line-dasharray": [3, 2] }),
    line("private", secret, { "line-color": c.secret, "line-width": 3, "line-dasharray": [1, 1.2] }),
    line("picked", picked, { "line-color": c.own, "line-width": 5 }),
  ];
}

/** A whole style, offline: no tiles, no glyphs, no sprites; labels are HTML. */
export function styleFor(dark: boolean, land: FeatureCollection): StyleSpecification {
  const c = dark ? DARK : LIGHT;
  const side: [string, ...unknown[]] = ["case", ["get", "private"], c.secret, ["get", "own"], c.own, c.theirs];
  const colour = side as unknown as string;
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: land },
      grid: { type: "geojson", data: EMPTY },
      activities: { type: "geojson", data: EMPTY },
      sketch: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": c.sea } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": c.land } },
      { id: "coast", type: "line", source: "land", paint: { "line-color": c.coast, "line-width": 1 } },
      { id: "grid", type: "line", source: "grid", paint: { "line-color": c.grid, "line-width": 1 } },
      {
        id: "area",
        type: "fill",
        source: "activities",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": colour, "fill-opacity": 0.22 },
      },
      ...lines(c),
      {
        id: "point",
        type: "circle",
        source: "activities",
        filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-color": colour, "circle-radius": 7, "circle-stroke-color": c.sea, "circle-stroke-width": 2 },
      },
      {
        id: "sketch-area",
        type: "fill",
        source: "sketch",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": c.sketch, "fill-opacity": 0.25 },
      },
      { id: "sketch", type: "line", source: "sketch", paint: { "line-color": c.sketch, "line-width": 3, "line-dasharray": [2, 1] } },
    ],
  };
}
