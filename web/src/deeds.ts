// What an officer does with one press or one form, and what became of it.
import { signal } from "@preact/signals";
import { post, told, type Why } from "./api";
import { contact, refresh } from "./store";
import type { Failure } from "./types";
import { t } from "./words";

/** Deeds of one place on the page: one is under way at a time, and the last refusal is shown. */
export class Deeds {
  private readonly under = signal(false);
  private readonly refused = signal<{ about: string; why: Why } | null>(null);

  /** `not` is the phrase that says that one was not done. */
  constructor(private readonly not = "not-done") {}

  /** Whether one is under way. */
  get busy(): boolean {
    return this.under.value;
  }

  /** Whether nothing is under way, and the station is heard. */
  get idle(): boolean {
    return !this.busy && contact.value === "live";
  }

  /** Why the last one was refused, if it was about that. */
  refusal(about: string): Why | null {
    return this.refused.value?.about === about ? this.refused.value.why : null;
  }

  /** Say why nothing was sent. */
  refuse(about: string, text: string, failure: Failure | null = null): void {
    this.refused.value = { about, why: { text, failure } };
  }

  /** Post it; what the station replied, null where it did not take it. */
  async ask<T extends object>(about: string, path: string, body?: object, deadlineMs?: number): Promise<T | null> {
    this.under.value = true;
    this.refused.value = null;
    try {
      return await post<T>(path, body, deadlineMs);
    } catch (error) {
      this.refuse(about, t(this.not), told(error));
      return null;
    } finally {
      this.under.value = false;
    }
  }

  /** Post it; whether the station took it. The page's data stay as they are. */
  async post(about: string, path: string, body?: object): Promise<boolean> {
    return (await this.ask(about, path, body)) !== null;
  }

  /** Post it, and show what is there then; whether the station took it. */
  async perform(about: string, path: string, body?: object): Promise<boolean> {
    const taken = await this.post(about, path, body);
    refresh();
    return taken;
  }
}

/** What is done to conflicts and notices. */
export const atDesk = new Deeds();
