// The sound of alarms: until an officer silences it, or acknowledges every urgent one.
import { computed, effect, signal } from "@preact/signals";
import { goesOn, standing } from "./store";
import type { Alarm } from "./types";
import { t } from "./words";

const LOUD: ReadonlySet<string> = new Set(["flash", "immediate"]);
const EVERY_MS = 2_000;
/** Two tones, high and low, each so long. */
const TONES_HZ = [880, 660];
const TONE_S = 0.18;

const silenced = signal<ReadonlySet<string>>(new Set());
const blocked = signal(false);
let context: AudioContext | null = null;
let last = -Infinity;

/** Urgent alarms that nobody has acknowledged, and nobody here has silenced. */
export const sounding = computed<Alarm[]>(() => {
  const loud = standing.value.filter((each) => goesOn(each) && LOUD.has(each.precedence));
  return loud.filter((each) => !silenced.value.has(each.id));
});

/** Browsers let a page sound only once somebody has touched it. */
function touched(): boolean {
  return navigator.userActivation?.hasBeenActive ?? true;
}

function tones(on: AudioContext): void {
  TONES_HZ.forEach((hertz, place) => {
    const from = on.currentTime + place * TONE_S;
    const tone = on.createOscillator();
    const level = on.createGain();
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0.25, from);
    level.gain.linearRampToValueAtTime(0.0001, from + TONE_S);
    tone.connect(level).connect(on.destination);
    tone.start(from);
    tone.stop(from + TONE_S);
  });
  document.documentElement.dataset["sounded"] = String(Number(document.documentElement.dataset["sounded"] ?? 0) + 1);
}

async function sound(): Promise<void> {
  if (sounding.peek().length === 0 || performance.now() - last < EVERY_MS / 2) return;
  blocked.value = !touched();
  if (blocked.peek()) return;
  context ??= new AudioContext();
  if (context.state !== "running") await context.resume();
  blocked.value = context.state !== "running";
  if (blocked.peek()) return;
  last = performance.now();
  tones(context);
}

setInterval(() => void sound(), EVERY_MS);
effect(() => {
  if (sounding.value.length > 0) void sound();
});
for (const touch of ["pointerup", "keyup"]) addEventListener(touch, () => blocked.peek() && void sound());

/** The button that silences what sounds now; what comes later sounds anew. */
export function Silence() {
  if (sounding.value.length === 0) return null;
  const silence = () => {
    silenced.value = new Set([...silenced.value, ...sounding.value.map((each) => each.id)]);
  };
  return (
    <p class="sound" data-sound={blocked.value ? "blocked" : "on"}>
      {blocked.value && <strong>{t("sound-blocked")}</strong>}
      <button type="button" class="silence" onClick={silence}>
        {t("silence")}
      </button>
    </p>
  );
}
