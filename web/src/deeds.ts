// What an officer does with one press, and what became of it.
import { signal } from "@preact/signals";
import { ApiError, post } from "./api";
import { contact, refresh } from "./store";
import { t } from "./words";

/** The deed that is under way, and why one was refused, by what it is about. */
const under = signal<string | null>(null);
const refused = signal<{ about: string; why: string } | null>(null);

/** Whether nothing can be done now: something is under way, or the station is not heard. */
export function idle(): boolean {
  return under.value === null && contact.value === "live";
}

export function refusal(about: string): string | null {
  return refused.value?.about === about ? refused.value.why : null;
}

/** Post it; whether the station took it. */
export async function perform(about: string, path: string, body?: object): Promise<boolean> {
  under.value = about;
  refused.value = null;
  try {
    await post(path, body);
    return true;
  } catch (error) {
    const why = error instanceof ApiError ? `${error.failure.message}. ${error.failure.next}` : "";
    refused.value = { about, why: `${t("not-done")} ${why}` };
    return false;
  } finally {
    under.value = null;
    refresh();
  }
}
