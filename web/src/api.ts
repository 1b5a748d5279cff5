// The only door to the station. Every request goes to this page's own origin.
import type { Failure } from "./types";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly failure: Failure,
  ) {
    super(failure.message);
  }
}

const sentence = (text: string) =>
  text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? "" : "."}`;

/** A refusal in the station's sentences: what is wrong, and what to do. */
export function saidOf({ message, next }: Pick<Failure, "message" | "next">): string {
  return [message, next].map(sentence).filter(Boolean).join(" ");
}

/** The refusal that was thrown; null where the station did not say why. */
export function told(error: unknown): Failure | null {
  return error instanceof ApiError ? error.failure : null;
}

/** Why something was not done: this page's words, and the station's refusal where it said one. */
export interface Why {
  text: string;
  failure: Failure | null;
}

/** The station did not answer at all, or not in its own words. */
export class Unreachable extends Error {}

const DEADLINE_MS = 10_000;

async function ask<T>(path: string, init: RequestInit, deadlineMs = DEADLINE_MS): Promise<T> {
  let reply: Response;
  let body: unknown;
  try {
    reply = await fetch(path, {
      ...init,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(deadlineMs),
    });
    body = await reply.json();
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (reply.ok) return body as T;
  const failure = (body as { error?: Failure }).error;
  if (failure === undefined) throw new Unreachable(`status ${reply.status}`);
  throw new ApiError(reply.status, failure);
}

export function get<T>(path: string): Promise<T> {
  return ask<T>(path, { method: "GET" });
}

export function post<T>(path: string, body?: object, deadlineMs = DEADLINE_MS): Promise<T> {
  const headers: Record<string, string> = { "X-Openline": "console" };
  if (body === undefined) return ask<T>(path, { method: "POST", headers });
  headers["Content-Type"] = "application/json";
  return ask<T>(path, { method: "POST", headers, body: JSON.stringify(body) }, deadlineMs);
}

/** Trade the one-time link's token for a session. */
export async function enter(token: string): Promise<void> {
  await post("/api/session", { token });
}
