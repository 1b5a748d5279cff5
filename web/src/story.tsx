// What became of a message, step by step, as both sides' records hold it.
import { useSignal, useSignalEffect } from "@preact/signals";
import { get } from "./api";
import { utc } from "./clock";
import { messages } from "./store";
import type { Timeline } from "./types";
import { language, t, word } from "./words";

export function Story({ id, line }: { id: string; line: string }) {
  const open = useSignal(false);
  const found = useSignal<Timeline | null>(null);
  const failed = useSignal(false);

  useSignalEffect(() => {
    if (!open.value) return;
    messages.value; // asked anew whenever the messages were
    const path = `/api/messages/${encodeURIComponent(id)}/timeline?language=${language.value}`;
    get<Timeline>(path).then(
      (told) => {
        found.value = told;
        failed.value = false;
      },
      () => {
        failed.value = true;
      },
    );
  });

  const here = found.value?.lines.find((each) => each.line === line);
  return (
    <details class="story" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{t("story")}</summary>
      {failed.value && <p class="failed">{t("not-renewed")}</p>}
      {here?.waits != null && <p>{t("answer-by", { time: utc(Date.parse(here.waits.answer_by)) })}</p>}
      <ol>
        {here?.steps.map((step, place) => (
          <li key={place} data-step={step.form ?? step.step}>
            <time dateTime={step.at}>{utc(Date.parse(step.at))}</time> {step.by}
            {step.automatic && <span class="quiet"> ({t("automatic")})</span>}{" "}
            <span dir="auto">{step.text ?? word("step", step.step)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
