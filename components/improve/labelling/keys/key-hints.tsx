import { Keys } from "#components/ui/key-hint.tsx";

/** Keys, and what they do. "to" between two of them stands for a range. */
export type KeyHint = [keys: string[], does: string];

/** Returns the keys from 1 to a number of choices: "1 to 6". */
export function digitKeys(count: number): string[] {
  return count === 1 ? ["1"] : ["1", "to", String(count)];
}

/** Renders keys with what they do, for the bar along the bottom. */
export function KeyHints({ hints }: { hints: readonly KeyHint[] }) {
  return hints.map(([keys, does]) => (
    <span key={does}>
      {keys.includes("to") ? (
        keys.map((key) => (key === "to" ? key : <Keys keys={[key]} key={key} />))
      ) : (
        <Keys keys={keys} />
      )}
      {does}
    </span>
  ));
}
