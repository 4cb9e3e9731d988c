/** What a key does in review. */
export type ReviewCommand =
  | { kind: "class"; index: number }
  | { kind: "keep"; index: number }
  | { kind: "third" }
  | { kind: "send-back" }
  | { kind: "unclear" }
  | { kind: "toggle-boxes" }
  | { kind: "confirm" }
  | { kind: "move"; by: 1 | -1 };

const letters: Record<string, ReviewCommand> = {
  a: { kind: "keep", index: 0 },
  s: { kind: "keep", index: 1 },
  t: { kind: "third" },
  b: { kind: "send-back" },
  u: { kind: "unclear" },
  j: { kind: "move", by: 1 },
  k: { kind: "move", by: -1 },
  " ": { kind: "toggle-boxes" },
};

/** Returns what a key does in review; in the field of the reason, Enter alone does something. */
export function readReviewKey(
  { key, modKey, isInField }: { key: string; modKey: boolean; isInField: boolean },
  choices: number,
): ReviewCommand | undefined {
  if (key === "Enter") return { kind: "confirm" };
  if (isInField || modKey) return undefined;
  if (/^[1-9]$/.test(key)) return Number(key) <= choices ? { kind: "class", index: Number(key) - 1 } : undefined;
  const letter = key.toLowerCase();
  return Object.hasOwn(letters, letter) ? letters[letter] : undefined;
}
