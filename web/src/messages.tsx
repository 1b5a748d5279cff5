// The newest messages of all lines, newest first.
import { awaitsUs, CallAnswers } from "./calls";
import { utcShort } from "./clock";
import { Ago, Panel } from "./parts";
import { PhraseBox } from "./phrase";
import { Story } from "./story";
import { messages } from "./store";
import type { Message } from "./types";
import { t, word } from "./words";

function Row({ message }: { message: Message }) {
  const out = message.direction === "out";
  return (
    <li class={`message ${message.direction}`} data-message={message.id}>
      <span class="way">
        <span aria-hidden="true">{out ? "→" : "←"}</span>{" "}
        {t(out ? "message-to" : "message-from", { line: message.line })}
      </span>
      <span class="number">{message.number === null ? t("no-number") : `№ ${message.number}`}</span>
      <span class={`precedence ${message.precedence}`}>{word("precedence", message.precedence)}</span>
      <span class="when">
        <Ago at={message.at} /> <span class="quiet">{utcShort(Date.parse(message.at))}</span>
      </span>
      <p class="kind">
        {word("form", message.form)} ·{" "}
        <b class="message-state" data-state={message.state}>
          {word("message", message.state)}
        </b>
        {message.by && (
          <span class="author">
            {" "}
            · <bdi>{message.by}</bdi>
          </span>
        )}
        {message.automatic && <span class="author quiet"> · {t("automatic")}</span>}
      </p>
      {message.disputed && <p class="disputed">{t("disputed")}</p>}
      <p class="text" dir="auto">
        {message.text ?? <span class="quiet">{t("no-text")}</span>}
      </p>
      {!out && message.form === "human-test" && message.state !== "answered" && <PhraseBox id={message.id} />}
      {awaitsUs(message) && <CallAnswers message={message} list="messages" />}
      <Story id={message.id} line={message.line} />
    </li>
  );
}

/** What machines tell each other by the clock; what it comes to stands elsewhere on the page. */
const ROUTINE = new Set(["linetest", "linetest-answer", "finding", "witness-heads", "witness-answer"]);

/** So many entries at first: what people said must not lie below a screen of older ones. */
const SHOWN = 12;

/** Messages in their order, with machines' routine that stands together as one entry. */
function entries(all: Message[]): Message[][] {
  const found: Message[][] = [];
  for (const each of all) {
    const last = found[found.length - 1];
    if (last?.[0] !== undefined && ROUTINE.has(each.form) && ROUTINE.has(last[0].form)) last.push(each);
    else found.push([each]);
  }
  return found;
}

function Entry({ held }: { held: Message[] }) {
  const [newest] = held;
  if (newest === undefined) return null;
  if (!ROUTINE.has(newest.form)) return <Row message={newest} />;
  const forms = [...new Set(held.map((each) => word("form", each.form)))].join(", ");
  return (
    <li class="machines">
      <details class="past">
        <summary>
          {t("messages-routine", { n: held.length, forms })} · <Ago at={newest.at} />
        </summary>
        <ul>
          {held.map((each) => (
            <Row key={each.id} message={each} />
          ))}
        </ul>
      </details>
    </li>
  );
}

export function MessageList() {
  const found = messages.value.value?.messages ?? [];
  const held = entries([...found].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)));
  const older = held.slice(SHOWN);
  // By its oldest message, which stays while newer ones join it: an entry that is open stays open.
  const list = (some: Message[][]) => some.map((each) => <Entry key={each[each.length - 1]?.id} held={each} />);
  return (
    <Panel name="messages" title={t("messages")} data={messages.value}>
      {found.length === 0 && <p class="quiet">{t("no-messages")}</p>}
      <ul>{list(held.slice(0, SHOWN))}</ul>
      {older.length > 0 && (
        <details class="past">
          <summary>{t("messages-older", { n: older.flat().length })}</summary>
          <ul>{list(older)}</ul>
        </details>
      )}
    </Panel>
  );
}
