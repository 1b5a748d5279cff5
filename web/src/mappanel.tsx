// Where: the map, the conflicts beside it, and every activity as a list.
import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Activities, conflictsOf, Past, split } from "./activities";
import { period } from "./clock";
import type { MapHandle } from "./mapcanvas";
import { Panel } from "./parts";
import { pick, picked, pickedActivities } from "./picked";
import { map, status } from "./store";
import type { Conflict } from "./types";
import { distance, t, word } from "./words";

const drawing = signal<"drawing" | "drawn" | "absent" | "failed">("drawing");

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
        conflicts: split(conflictsOf(data))[0],
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
  return (
    <div class={`map-frame ${drawing.value}`} data-map={drawing.value}>
      <div ref={frame} class="canvas" role="region" aria-label={t("map-label")} />
      {drawing.value !== "drawn" && <p class="map-note">{t(`map-${drawing.value}`)}</p>}
      {drawing.value === "drawn" && (
        <p class="legend">
          <span class="key own" /> {t("legend-own", { party: status.value.value?.party ?? "" })}{" "}
          <span class="key theirs" /> {t("legend-theirs")} <span class="key clash" /> {t("legend-conflict")}{" "}
          {split(map.value.value?.activities ?? [])[0].some((each) => each.private === true) && (
            <>
              <span class="key private" /> {t("legend-private")}
            </>
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

function apart(conflict: Conflict): string {
  const { horizontal_m: h, vertical_m: v } = conflict;
  const across = h === null ? t("distance-unknown") : h === 0 ? t("overlap") : t("apart", { h: distance(h) });
  const up = v === null ? t("distance-unknown") : v === 0 ? t("vertical-overlap") : t("vertical", { v: distance(v) });
  return `${across} · ${up}`;
}

/** One conflict; `n` is its number on the map, null when it is over and not on it. */
function ConflictItem({ conflict, n }: { conflict: Conflict; n: number | null }) {
  const on = picked.value?.kind === "conflict" && picked.value.id === conflict.id;
  return (
    <li data-conflict={conflict.id}>
      <button type="button" aria-pressed={on} onClick={() => pick("conflict", conflict.id)}>
        <strong class={n === null ? "quiet" : "bad"}>
          {n !== null && <>✕ {t("conflict-number", { n })} · </>}
          {word("conflict", conflict.state)}
        </strong>
        {conflict.private === true && <span class="mark private">{t("group-private")}</span>}
        {conflict.activities.map((each) => (
          <span key={each.id} class="side">
            <b class="party">{each.party}</b> <bdi>{each.title}</bdi>
          </span>
        ))}
        <span>{period(conflict.from, conflict.to)}</span>
        <span>{apart(conflict)}</span>
        {(conflict.flags ?? []).map((flag) => (
          <span key={flag} class="flag">
            {word("flag", flag)}
          </span>
        ))}
      </button>
    </li>
  );
}

function Conflicts() {
  const [now, over] = split(map.value.value === null ? [] : conflictsOf(map.value.value));
  return (
    <>
      <h3>{t("conflicts")}</h3>
      {now.length === 0 && <p class="quiet">{t("no-conflicts")}</p>}
      <ul class="conflicts">
        {now.map((each, index) => (
          <ConflictItem key={each.id} conflict={each} n={index + 1} />
        ))}
      </ul>
      <Past count={over.length}>
        {over.map((each) => (
          <ConflictItem key={each.id} conflict={each} n={null} />
        ))}
      </Past>
    </>
  );
}

export function MapPanel() {
  return (
    <Panel name="map" title={t("map")} data={map.value}>
      <div class="where">
        <Canvas />
        <div class="beside">
          <Conflicts />
          <Activities />
        </div>
      </div>
    </Panel>
  );
}
