// A call that the other side seeks, or to which it proposes another time: answered where it stands.
import { signal } from "@preact/signals";
import { typedTime, writtenTime } from "./clock";
import { atDesk } from "./deeds";
import { Asked, Refused, Typed } from "./parts";
import { calls, mayAct, status } from "./store";
import type { Message } from "./types";
import { language, t, word } from "./words";

const LEVELS = ["desk", "commander", "chief", "minister", "leader"];
const ANSWERS = ["accept", "counter", "decline"] as const;

interface Open {
  /** The one place on the page where it was opened: a request stands in two lists. */
  where: string;
  id: string;
  answer: (typeof ANSWERS)[number];
  at: string;
  level: string;
  reason: string;
}

/** The answer that is being written, and to which call. */
const open = signal<Open | null>(null);

/** The call that a message seeks or answers. */
function callOf({ id, form, fields }: Message): string {
  return form === "call-request" ? id : String(fields?.about ?? "");
}

/** Whether our answer is awaited to what this message says, and to nothing said since. */
export function awaitsUs(message: Message): boolean {
  if (message.direction !== "in" || !["call-request", "call-answer"].includes(message.form)) return false;
  const call = calls.value.value?.calls.find((each) => each.line === message.line && each.id === callOf(message));
  return call !== undefined && call.awaits === status.value.value?.party && call.turns.at(-1)?.at === message.at;
}

function Words({ at, set }: { at: Open; set: (over: Partial<Open>) => void }) {
  const send = async () => {
    const given = { propose: at.at.trim() && writtenTime(at.at), level: at.level, reason: at.reason.trim() };
    const body = { answer: at.answer, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "")) };
    const path = `/api/calls/${encodeURIComponent(at.id)}/answer?language=${language.value}`;
    if (await atDesk.perform(at.where, path, body)) open.value = null;
  };
  return (
    <Asked label={t("notice-send")} idle={atDesk.idle} send={() => void send()} leave={() => (open.value = null)}>
      {at.answer !== "decline" && (
        <Typed
          name="at"
          label={t(`call-${at.answer}-at`)}
          value={at.at}
          set={(text) => set({ at: text })}
          required={at.answer === "counter"}
          pattern="\s*\d{4}-\d{2}-\d{2} \d{2}:\d{2}\s*"
          like="2022-05-13 07:30"
        />
      )}
      {at.answer !== "accept" && (
        <label>
          {t("call-level")}{" "}
          <select name="level" value={at.level} onChange={(event) => set({ level: event.currentTarget.value })}>
            <option value="">{t("call-no-level")}</option>
            {LEVELS.map((each) => (
              <option key={each} value={each}>
                {word("level", each)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Typed name="reason" label={t("call-reason")} value={at.reason} set={(text) => set({ reason: text })} maxLength={1000} />
    </Asked>
  );
}

/** The answers to a call, each a form that is opened first: one press commits no minister. */
export function CallAnswers({ message, list }: { message: Message; list: string }) {
  if (!mayAct()) return null;
  const id = callOf(message);
  const where = `${list} ${message.line} ${message.id}`;
  const at = open.value?.where === where ? open.value : null;
  const proposed = message.fields?.propose;
  const press = (answer: Open["answer"]) => {
    const time = answer === "accept" && typeof proposed === "string" ? typedTime(proposed) : "";
    open.value = at?.answer === answer ? null : { where, id, answer, at: time, level: "", reason: "" };
  };
  return (
    <div class="deeds">
      {ANSWERS.map((each) => (
        <button key={each} type="button" data-deed={each} disabled={!atDesk.idle} aria-expanded={at?.answer === each} onClick={() => press(each)}>
          {t(`call-do-${each}`)}
        </button>
      ))}
      {at !== null && <Words at={at} set={(over) => (open.value = { ...at, ...over })} />}
      <Refused why={atDesk.refusal(where)} />
    </div>
  );
}
