/** What a key does on the grid of alike items. */
export type AlikeCommand =
  | { kind: "move"; dx: number; dy: number }
  | { kind: "toggle" }
  | { kind: "class"; index: number }
  | { kind: "search-classes" }
  | { kind: "submit" }
  | { kind: "leave" };

const keys: Record<string, AlikeCommand> = {
  ArrowLeft: { kind: "move", dx: -1, dy: 0 },
  ArrowRight: { kind: "move", dx: 1, dy: 0 },
  ArrowUp: { kind: "move", dx: 0, dy: -1 },
  ArrowDown: { kind: "move", dx: 0, dy: 1 },
  " ": { kind: "toggle" },
  "/": { kind: "search-classes" },
  Enter: { kind: "submit" },
  Escape: { kind: "leave" },
};

/** Returns what a key does outside of fields, or undefined for nothing. @param choices number of choices that have a digit */
export function readAlikeKey(key: string, choices: number): AlikeCommand | undefined {
  if (/^[1-9]$/.test(key)) return Number(key) <= choices ? { kind: "class", index: Number(key) - 1 } : undefined;
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}

/** Returns the place in a grid that an arrow leads to; the same one at an edge. @param columns tiles in a line */
export function moveInGrid(
  at: number,
  { dx, dy }: { dx: number; dy: number },
  { columns, count }: { columns: number; count: number },
): number {
  const next = at + dx + dy * columns;
  // Down from the line before a shorter last one leads to its end.
  if (dy === 1 && next >= count && Math.floor(at / columns) < Math.floor((count - 1) / columns)) return count - 1;
  return next < 0 || next >= count ? at : next;
}
