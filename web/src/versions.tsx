// Every version of an activity, newest first, as it was said.
import { useSignal, useSignalEffect } from "@preact/signals";
import { get } from "./api";
import { utc } from "./clock";
import { map } from "./store";
import type { Activity, Written } from "./types";
import { language, t } from "./words";

export function Versions({ activity }: { activity: Activity }) {
  const open = useSignal(false);
  const found = useSignal<Written | null>(null);
  const failed = useSignal(false);
  const path = `/api/${activity.private === true ? "private" : "activities"}/${encodeURIComponent(activity.id)}`;

  useSignalEffect(() => {
    if (!open.value) return;
    map.value; // asked anew whenever the activities were
    get<Written>(`${path}?language=${language.value}`).then(
      (told) => {
        found.value = told;
        failed.value = false;
      },
      () => {
        failed.value = true;
      },
    );
  });

  return (
    <details class="versions" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{t("versions")}</summary>
      {failed.value && <p class="failed">{t("not-renewed")}</p>}
      <ol>
        {[...(found.value?.versions ?? [])].reverse().map((each) => (
          <li key={each.revision} data-version={each.revision}>
            <b>{t("version", { n: each.revision + 1 })}</b> <time dateTime={each.at}>{utc(Date.parse(each.at))}</time>
            {each.by !== null && <bdi> · {each.by}</bdi>}
            <p dir="auto">{each.text}</p>
          </li>
        ))}
      </ol>
    </details>
  );
}
