// A human test asks for its phrase: typed by the officer, so that the other side knows of a person.
import { signal } from "@preact/signals";
import { post, told } from "./api";
import { contact, refresh } from "./store";
import { t } from "./words";

/** What was typed so far, and what became of it, by the test's id. */
const typed = signal<Readonly<Record<string, string>>>({});
const refused = signal<Readonly<Record<string, string>>>({});

async function answer(id: string): Promise<void> {
  refused.value = { ...refused.value, [id]: "" };
  try {
    await post(`/api/messages/${encodeURIComponent(id)}/phrase`, { phrase: typed.value[id] ?? "" });
  } catch (error) {
    refused.value = { ...refused.value, [id]: `${t("phrase-not-sent")} ${told(error)}` };
  }
  refresh();
}

export function PhraseBox({ id }: { id: string }) {
  const text = typed.value[id] ?? "";
  return (
    <form
      class="phrase"
      data-phrase={id}
      onSubmit={(event) => {
        event.preventDefault();
        void answer(id);
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
      <button type="submit" disabled={text.trim() === "" || contact.value !== "live"}>
        {t("phrase-send")}
      </button>
      {refused.value[id] ? <p class="failed">{refused.value[id]}</p> : null}
    </form>
  );
}
