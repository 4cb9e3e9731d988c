export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Part of a difference: lines, or how many alike ones were left out between them. */
export type DiffPart = { lines: DiffLine[] } | { skipped: number };

/** Maximum number of table cells, filled in a few milliseconds; longer texts are reported as one change. */
const maxCells = 4_000_000;

/** Computes the removed and added lines of a text, based on the longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < Math.min(old.length, next.length) && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, next.length) - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  const same = (text: string): DiffLine => ({ kind: "same", text });
  return [
    ...old.slice(0, start).map(same),
    ...diffMiddle(old.slice(start, old.length - end), next.slice(start, next.length - end)),
    ...old.slice(old.length - end).map(same),
  ];
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function diffMiddle(old: readonly string[], next: readonly string[]): DiffLine[] {
  const removed = old.map((text): DiffLine => ({ kind: "removed", text }));
  const added = next.map((text): DiffLine => ({ kind: "added", text }));
  if (old.length * next.length > maxCells || old.length === 0 || next.length === 0) return [...removed, ...added];
  const width = next.length + 1;
  // Length of the longest common subsequence of what follows each pair of lines.
  const common = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1)
    for (let column = next.length - 1; column >= 0; column -= 1)
      common[row * width + column] =
        old[row] === next[column]
          ? (common[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(common[(row + 1) * width + column] ?? 0, common[row * width + column + 1] ?? 0);
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < next.length) {
    const [was, is] = [old[row], next[column]];
    if (was !== undefined && was === is) {
      lines.push({ kind: "same", text: was });
      row += 1;
      column += 1;
    } else if (is === undefined || (was !== undefined && isBetterRemoved(row, column))) {
      lines.push({ kind: "removed", text: was ?? "" });
      row += 1;
    } else {
      lines.push({ kind: "added", text: is });
      column += 1;
    }
  }
  return lines;

  function isBetterRemoved(row: number, column: number): boolean {
    return (common[(row + 1) * width + column] ?? 0) >= (common[row * width + column + 1] ?? 0);
  }
}

/** Reduces a diff to the changes with some unchanged lines around each. */
export function diffParts(lines: readonly DiffLine[], around = 3): DiffPart[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== "same"),
  );
  const parts: DiffPart[] = [];
  for (const [at, line] of lines.entries()) {
    const last = parts.at(-1);
    if (!isNear[at]) {
      if (last && "skipped" in last) last.skipped += 1;
      else parts.push({ skipped: 1 });
    } else if (last && "lines" in last) last.lines.push(line);
    else parts.push({ lines: [line] });
  }
  return parts;
}
