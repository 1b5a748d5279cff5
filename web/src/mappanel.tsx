// Where: the map, the conflicts beside it, and every activity as a list.
import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Activities, conflictsOf } from "./activities";
import { Conflicts, OwnDesk } from "./conflicts";
import type { MapHandle } from "./mapcanvas";
import { Panel, Refused, split } from "./parts";
import { pick, pickedActivities } from "./picked";
import { held, sketch } from "./sketch";
import { map, status } from "./store";
import { t } from "./words";

const drawing = signal<"drawing" | "drawn" | "absent" | "failed">("drawing");

/** What pressing the map does while a shape is drawn there, and how to end it. */
function Drawing() {
  const bar = useRef<HTMLDivElement>(null);
  const now = sketch.value;
  const on = now?.drawing === true;
  useEffect(() => {
    if (on) bar.current?.parentElement?.scrollIntoView({ block: "start" });
  }, [on]);
  if (now === null || !on) return null;
  const line = held.value;
  const place = now.places.findIndex((each) => each.line === line);
  return (
    <div class="sketch-bar" ref={bar}>
      <p>{t(`drawing-${now.kind}`)}</p>
      <Refused why={now.refused} />
      <button type="button" class="done" onClick={now.done}>
        {t("drawing-done")}
      </button>
      <button type="button" class="undo" disabled={now.undo === null} onClick={() => now.undo?.()}>
        {t("drawing-undo")}
      </button>
      {line !== null && place >= 0 && (
        <button type="button" class="remove" onClick={() => now.remove(line)}>
          {t("drawing-remove", { n: place + 1 })}
        </button>
      )}
    </div>
  );
}

/** A sign on the map beside what it means, on one line. */
function Key({ name, children }: { name: string; children: string }) {
  return (
    <span>
      <span class={`key ${name}`} /> {children}
    </span>
  );
}

function Canvas() {
  const frame = useRef<HTMLDivElement>(null);
  const handle = useRef<MapHandle | null>(null);
  const show = () => {
    const data = map.value.value;
    const own = status.value.value?.party;
    if (drawing.value === "drawn" && data !== null && own !== undefined)
      handle.current?.show({
        // A draft is nowhere yet: on the map it would look announced.
        activities: split(data.activities)[0].filter((each) => each.state !== "draft"),
        conflicts: [...split(conflictsOf(data))[0], ...split(data.own_desk ?? [])[0]],
        own,
        picked: pickedActivities.value,
      });
  };
  useEffect(() => {
    if (frame.current === null) return undefined;
    const container = frame.current;
    void import("./mapcanvas")
      .then((canvas) => canvas.draw(container, pick))
      .then((made) => {
        handle.current = made;
        drawing.value = made === null ? "absent" : "drawn";
      })
      .catch((error: unknown) => {
        drawing.value = "failed";
        console.warn("map", error);
      });
    return () => handle.current?.remove();
  }, []);
  useSignalEffect(show);
  useSignalEffect(() => {
    held.value; // its handle is drawn as such
    if (drawing.value === "drawn") handle.current?.sketch(sketch.value);
  });
  return (
    <div class={`map-frame ${drawing.value}`} data-map={drawing.value}>
      {drawing.value === "drawn" && <Drawing />}
      <div ref={frame} class="canvas" role="region" aria-label={t("map-label")} />
      {drawing.value !== "drawn" && <p class="map-note">{t(`map-${drawing.value}`)}</p>}
      {drawing.value === "drawn" && (
        <p class="legend">
          <Key name="own">{t("legend-own", { party: status.value.value?.party ?? "" })}</Key>
          <Key name="theirs">{t("legend-theirs")}</Key>
          <Key name="clash">{t("legend-conflict")}</Key>
          {split(map.value.value?.activities ?? [])[0].some((each) => each.private === true) && (
            <Key name="private">{t("legend-private")}</Key>
          )}
          <button type="button" onClick={() => handle.current?.showAll()}>
            {t("show-all")}
          </button>
          <span class="quiet">{t("map-source")}</span>
        </p>
      )}
    </div>
  );
}

export function MapPanel() {
  return (
    <Panel name="map" title={t("map")} data={map.value}>
      <div class="where">
        <Canvas />
        <div class="beside">
          <Conflicts />
          <OwnDesk />
          <Activities />
        </div>
      </div>
    </Panel>
  );
}
