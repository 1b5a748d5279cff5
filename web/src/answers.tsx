// The words with which an urgent message is answered at once, from its alarm.
import { Deeds } from "./deeds";
import { Refused } from "./parts";
import type { Alarm } from "./types";
import { word } from "./words";

const deeds = new Deeds("not-answered");

export function Answers({ alarm }: { alarm: Alarm }) {
  const words = alarm.answers ?? [];
  if (words.length === 0) return null;
  const path = `/api/messages/${encodeURIComponent(alarm.message ?? "")}/answer`;
  return (
    <div class="answers">
      {words.map((each) => (
        <button
          key={each}
          type="button"
          data-answer={each}
          disabled={!deeds.idle}
          onClick={() => void deeds.perform(alarm.id, path, { answer: each })}
        >
          {word("answer", each)}
        </button>
      ))}
      <Refused why={deeds.refusal(alarm.id)} />
    </div>
  );
}
