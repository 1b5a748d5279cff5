// What plans would conflict with: asked of the station before anything of them is sent.
import { useSignal } from "@preact/signals";
import { utcShort } from "./clock";
import type { Deeds } from "./deeds";
import { Facts } from "./pair";
import { Refused } from "./parts";
import { mayAct } from "./store";
import type { WhatIf as Reply } from "./types";
import { t } from "./words";

/** How many are drawn; the command line lists all. */
const SHOWN = 50;

function Found({ reply }: { reply: Reply }) {
  const { conflicts, now } = reply;
  const time = utcShort(Date.parse(now));
  // Whoever may only read is not told of what is private, and must not take this for all there is.
  if (conflicts.length === 0) return <p class="good">{t(mayAct() ? "check-none" : "check-none-announced", { time })}</p>;
  return (
    <>
      <p class="bad">{t("check-found", { n: conflicts.length, time })}</p>
      <ul>
        {conflicts.slice(0, SHOWN).map((each) => (
          <li key={`${each.line} ${each.id}`} data-would={each.id}>
            <Facts conflict={each} />
          </li>
        ))}
      </ul>
      {conflicts.length > SHOWN && <p class="quiet">{t("check-more", { n: conflicts.length - SHOWN })}</p>}
    </>
  );
}

interface WhatIfProps {
  deeds: Deeds;
  path: string;
  /** What is asked, of the form in which the button stands. */
  body: (form: HTMLFormElement | null) => object;
  /** What it is asked about: an answer stands for as long as this stays the same. */
  about: unknown;
  deadlineMs?: number;
}

export function WhatIf({ deeds, path, body, about, deadlineMs }: WhatIfProps) {
  const held = useSignal<{ about: unknown; reply: Reply } | null>(null);
  const stands = held.value !== null && held.value.about === about ? held.value.reply : null;

  async function ask(form: HTMLFormElement | null): Promise<void> {
    if (form?.reportValidity() === false) return;
    held.value = null;
    const reply = await deeds.ask<Reply>("check", path, body(form), deadlineMs);
    held.value = reply && { about, reply };
  }

  return (
    <div class="what-if" role="status">
      <button type="button" data-check disabled={!deeds.idle} onClick={(event) => void ask(event.currentTarget.form)}>
        {t("check")}
      </button>
      <Refused why={deeds.refusal("check")} />
      {stands !== null && <Found reply={stands} />}
    </div>
  );
}
