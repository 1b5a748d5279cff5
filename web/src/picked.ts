// What the officer has picked out, on the map or in a list.
import { computed, signal } from "@preact/signals";
import { map } from "./store";

export const picked = signal<{ kind: "activity" | "conflict"; id: string } | null>(null);

export function pick(kind: "activity" | "conflict", id: string): void {
  const same = picked.value?.kind === kind && picked.value.id === id;
  picked.value = same ? null : { kind, id };
}

/** Ids of the picked activity, or of both activities of the picked conflict. */
export const pickedActivities = computed<ReadonlySet<string>>(() => {
  const at = picked.value;
  if (at === null) return new Set();
  if (at.kind === "activity") return new Set([at.id]);
  const held = map.value.value;
  const pairs = [...(held?.conflicts ?? []), ...(held?.own_desk ?? [])];
  const conflict = pairs.find((each) => each.id === at.id);
  // Of a conflict with what is private the id names both.
  return new Set(conflict?.activities.map((each) => each.id) ?? at.id.split(" "));
});
