// The forms about officers: what is typed is the request's body, and each shows its own refusal.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { ApiError, post } from "./api";
import { refresh } from "./store";
import { t } from "./words";

export const ADD = "add";
export const busy = signal(false);
const refused = signal<{ form: string; why: string } | null>(null);

/** Do it; whether it was done. What is refused is shown by the form of that name. */
async function done(form: string, path: string, body?: object): Promise<boolean> {
  busy.value = true;
  refused.value = null;
  try {
    await post(path, body);
    return true;
  } catch (error) {
    const why = error instanceof ApiError ? `${error.failure.message}. ${error.failure.next}` : "";
    refused.value = { form, why: `${t("not-done")} ${why}` };
    return false;
  } finally {
    busy.value = false;
  }
}

/** Do it, then load the page anew: nothing that another officer saw stays on it. */
export async function act(form: string, path: string, body?: object): Promise<void> {
  if (await done(form, path, body)) location.reload();
}

/** Change an officer, and show what is there then. */
export async function change(given: { name: string; role?: string; disabled?: boolean }): Promise<void> {
  await done(`change ${given.name}`, "/api/officers/change", given);
  refresh();
}

export function Refusal({ of }: { of: string }) {
  if (refused.value?.form !== of) return null;
  return (
    <p class="failed" role="status">
      {refused.value.why}
    </p>
  );
}

interface FormProps {
  name: string;
  path: string;
  label: string;
  /** Whether the page stays as it is, because the same officer goes on. */
  stays?: boolean;
  children: ComponentChildren;
}

/** A form whose fields, by name, are the request's body. */
export function Form({ name, path, label, stays, children }: FormProps) {
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = Object.fromEntries(new FormData(form));
    if (!stays) return act(name, path, given);
    if (await done(name, path, given)) form.reset();
    refresh();
  }
  return (
    <form class="officer-form" data-form={name} onSubmit={(event) => void submit(event)}>
      {children}
      <button type="submit" disabled={busy.value}>
        {label}
      </button>
      <Refusal of={name} />
    </form>
  );
}

export function Name() {
  return (
    <label>
      {t("officer-name")} <input name="name" autocomplete="username" required maxLength={64} />
    </label>
  );
}

export function Password({ name, kept }: { name: string; kept: boolean }) {
  return (
    <label>
      {t(kept ? "password" : "password-new")}{" "}
      <input
        name={name}
        type="password"
        autocomplete={kept ? "current-password" : "new-password"}
        required
        minLength={kept ? 1 : 8}
        maxLength={256}
      />
    </label>
  );
}
