// The forms about officers: what is typed is the request's body, and each shows its own refusal.
import type { ComponentChildren } from "preact";
import { Deeds } from "./deeds";
import { Refused } from "./parts";
import { t } from "./words";

export const ADD = "add";
export const deeds = new Deeds();

/** Do it, then load the page anew: nothing that another officer saw stays on it. */
export async function act(form: string, path: string, body?: object): Promise<void> {
  if (await deeds.post(form, path, body)) location.reload();
}

/** Change an officer, and show what is there then. */
export async function change(given: { name: string; role?: string; disabled?: boolean }): Promise<void> {
  await deeds.perform(`change ${given.name}`, "/api/officers/change", given);
}

export function Refusal({ of }: { of: string }) {
  return <Refused why={deeds.refusal(of)} />;
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
    if (await deeds.perform(name, path, given)) form.reset();
  }
  return (
    <form class="officer-form" data-form={name} onSubmit={(event) => void submit(event)}>
      {children}
      <button type="submit" disabled={deeds.busy}>
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
