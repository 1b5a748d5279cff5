// A human test asks for its phrase: typed by the officer, so that the other side knows of a person.
import { signal } from "@preact/signals";
import { Deeds } from "./deeds";
import { Refused } from "./parts";
import { t } from "./words";

/** What was typed so far, by the test's id. */
const typed = signal<Readonly<Record<string, string>>>({});
const deeds = new Deeds("phrase-not-sent");

export function PhraseBox({ id }: { id: string }) {
  const text = typed.value[id] ?? "";
  return (
    <form
      class="phrase"
      data-phrase={id}
      onSubmit={(event) => {
        event.preventDefault();
        void deeds.perform(id, `/api/messages/${encodeURIComponent(id)}/phrase`, { phrase: text });
      }}
    >
      <label>
        {t("phrase-typed")}{" "}
        <input
          type="text"
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          value={text}
          onInput={(event) => {
            typed.value = { ...typed.value, [id]: event.currentTarget.value };
          }}
        />
      </label>{" "}
      <button type="submit" disabled={text.trim() === "" || !deeds.idle}>
        {t("phrase-send")}
      </button>
      <Refused why={deeds.refusal(id)} />
    </form>
  );
}
