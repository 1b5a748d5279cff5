// The live connection: server-sent events, and a watch over their silence.
import { enter, get } from "./api";
import { heard } from "./clock";
import { contact, lock, locked, refresh, status } from "./store";

/** Silence after which the station counts as lost; it beats every 2 s. */
const SILENCE_MS = 5_000;
const RETRY_MS = 1_000;
/** Data are renewed this often even when nothing changed. */
const RENEW_MS = 10_000;

let stream: EventSource | null = null;
let beat = -Infinity;
let renewed = -Infinity;
let tried = -Infinity;
/** While the token is traded there is no session yet, and nothing to ask for. */
let entering = false;

function lost(): void {
  stream?.close();
  stream = null;
  if (contact.value !== "locked") contact.value = "lost";
}

function onBeat(event: MessageEvent<string>): void {
  beat = performance.now();
  heard((JSON.parse(event.data) as { now: string }).now);
  contact.value = "live";
  if (event.type === "changed" || beat - renewed > RENEW_MS) {
    renewed = beat;
    refresh();
  }
}

function listen(): void {
  const opened = new EventSource("/api/events");
  stream = opened;
  beat = performance.now();
  opened.addEventListener("tick", onBeat);
  opened.addEventListener("changed", onBeat);
  opened.onerror = () => {
    if (stream === opened) lost();
  };
}

/** Ask whether the session still holds, then listen again. */
async function connect(): Promise<void> {
  tried = performance.now();
  try {
    await get("/api/session");
  } catch (error) {
    if (!lock(error) && contact.value !== "locked") contact.value = "lost";
    return;
  }
  locked.value = null;
  if (stream === null) listen();
}

function watch(): void {
  const now = performance.now();
  if (stream !== null && now - beat > SILENCE_MS) lost();
  const due = stream === null && !entering && contact.value !== "locked";
  if (due && now - tried > RETRY_MS) void connect();
}

/** Take the one-time token out of the address, at once, and trade it for a session. */
async function enterByLink(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("enter");
  if (token !== null) {
    history.replaceState(null, "", location.pathname);
    entering = true;
    try {
      await enter(token);
    } catch {
      // A used link does no harm where the session still holds; connect() finds out.
    } finally {
      entering = false;
    }
  }
  if (contact.value === "locked") contact.value = status.value.value === null ? "starting" : "lost";
  await connect();
}

export function start(): void {
  addEventListener("hashchange", () => void enterByLink());
  addEventListener("online", watch);
  document.addEventListener("visibilitychange", watch);
  setInterval(watch, 500);
  void enterByLink();
}
