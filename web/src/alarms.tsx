// Alarms that no one has acknowledged yet. Nothing is drawn when there are none.
import { signal } from "@preact/signals";
import { Answers } from "./answers";
import { post, told } from "./api";
import { Ago } from "./parts";
import { PhraseBox } from "./phrase";
import { Silence } from "./sound";
import { alarms, contact, goesOn, refresh, standing } from "./store";
import type { Alarm } from "./types";
import { t, word } from "./words";

const asked = signal<ReadonlySet<string>>(new Set());
const refused = signal<string | null>(null);

async function acknowledge(id: string): Promise<void> {
  asked.value = new Set([...asked.value, id]);
  refused.value = null;
  try {
    await post(`/api/alarms/${encodeURIComponent(id)}/acknowledge`);
  } catch (error) {
    refused.value = `${t("not-acknowledged")} ${told(error)}`;
  }
  asked.value = new Set([...asked.value].filter((each) => each !== id));
  refresh();
}

function One({ alarm }: { alarm: Alarm }) {
  const busy = asked.value.has(alarm.id);
  return (
    <li data-alarm={alarm.id} data-over={alarm.over ?? ""}>
      <div class="what">
        <span class={`precedence ${alarm.precedence}`}>{word("precedence", alarm.precedence)}</span>
        {alarm.line !== "" && <span class="party on">{alarm.line}</span>}
        <p class="text" dir="auto">
          {alarm.lead ?? alarm.text}
        </p>
        {alarm.found && (
          <p class="found" dir="auto">
            {alarm.found}
          </p>
        )}
        <p class="meta">
          {alarm.line !== "" && <>{t("alarm-line", { line: alarm.line })} · </>}
          {alarm.form !== null && <>{word("form", alarm.form)} · </>}
          {t("raised")} <Ago at={alarm.raised_at} />
          {alarm.count > 1 && <> · {t("raised-times", { n: alarm.count })}</>}
        </p>
        {alarm.form === "private-conflict" && <p class="private-note">{t("private-alarm")}</p>}
        <Answers alarm={alarm} />
        {alarm.form === "human-test" && alarm.message !== null && <PhraseBox id={alarm.message} />}
      </div>
      <button
        type="button"
        class="acknowledge"
        disabled={busy || contact.value !== "live"}
        onClick={() => void acknowledge(alarm.id)}
      >
        {t(busy ? "acknowledging" : "acknowledge")}
      </button>
    </li>
  );
}

export function AlarmList() {
  const { failed } = alarms.value;
  const open = standing.value;
  const going = open.filter(goesOn).length;
  // Alarms that could not be asked for are not the same as none.
  const unknown = failed !== null && contact.value === "live";
  if (open.length === 0 && !unknown) return null;
  return (
    <section class={going === 0 && !unknown ? "alarms calm" : "alarms"} aria-labelledby="title-alarms" aria-live="assertive">
      <h2 id="title-alarms">
        <span aria-hidden="true">▲</span>{" "}
        {going > 0 || open.length === 0 ? t("alarms", { n: going }) : t("alarms-over", { n: open.length })}
      </h2>
      <Silence />
      {unknown && (
        <p class="failed">
          {t("alarms-unknown")} {failed}
        </p>
      )}
      {refused.value !== null && <p class="failed">{refused.value}</p>}
      <ul>
        {open.map((each) => (
          <One key={each.id} alarm={each} />
        ))}
      </ul>
    </section>
  );
}
