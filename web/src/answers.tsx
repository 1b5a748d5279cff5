// The words with which an urgent message is answered at once, from its alarm.
import { signal } from "@preact/signals";
import { post, told } from "./api";
import { contact, refresh } from "./store";
import type { Alarm } from "./types";
import { t, word } from "./words";

const asked = signal<string | null>(null);
const refused = signal<{ alarm: string; why: string } | null>(null);

async function answer(alarm: Alarm, chosen: string): Promise<void> {
  asked.value = `${alarm.id} ${chosen}`;
  refused.value = null;
  try {
    await post(`/api/messages/${encodeURIComponent(alarm.message ?? "")}/answer`, { answer: chosen });
  } catch (error) {
    refused.value = { alarm: alarm.id, why: `${t("not-answered")} ${told(error)}` };
  }
  asked.value = null;
  refresh();
}

export function Answers({ alarm }: { alarm: Alarm }) {
  const words = alarm.answers ?? [];
  if (words.length === 0) return null;
  return (
    <div class="answers">
      {words.map((each) => (
        <button
          key={each}
          type="button"
          data-answer={each}
          disabled={asked.value !== null || contact.value !== "live"}
          onClick={() => void answer(alarm, each)}
        >
          {word("answer", each)}
        </button>
      ))}
      {refused.value?.alarm === alarm.id && <p class="failed">{refused.value.why}</p>}
    </div>
  );
}
