// Two plans that collide, or would: whose they are, when, how near, and how sure that is.
import { period } from "./clock";
import type { Conflict } from "./types";
import { distance, t, word } from "./words";

function apart(conflict: Conflict): string {
  const { horizontal_m: h, vertical_m: v } = conflict;
  const across = h === null ? t("distance-unknown") : h === 0 ? t("overlap") : t("apart", { h: distance(h) });
  const up = v === null ? t("distance-unknown") : v === 0 ? t("vertical-overlap") : t("vertical", { v: distance(v) });
  return `${across} · ${up}`;
}

/** The facts of one pair, of which each is a line. */
export function Facts({ conflict }: { conflict: Conflict }) {
  return (
    <>
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
    </>
  );
}
