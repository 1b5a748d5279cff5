// The newest messages of all lines, newest first.
import { utcShort } from "./clock";
import { Ago, Panel } from "./parts";
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
      </p>
      {message.disputed && <p class="disputed">{t("disputed")}</p>}
      <p class="text" dir="auto">
        {message.text ?? <span class="quiet">{t("no-text")}</span>}
      </p>
    </li>
  );
}

export function MessageList() {
  const found = messages.value.value?.messages ?? [];
  const newest = [...found].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <Panel name="messages" title={t("messages")} data={messages.value}>
      {newest.length === 0 && <p class="quiet">{t("no-messages")}</p>}
      <ul>
        {newest.map((each) => (
          <Row key={each.id} message={each} />
        ))}
      </ul>
    </Panel>
  );
}
