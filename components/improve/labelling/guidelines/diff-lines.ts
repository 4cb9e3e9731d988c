import type { GuidelineClass } from "#server/improve/labelling/contract.ts";

export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Most lines of a text that are compared: the table of the comparison grows with the product of both. */
const maxLines = 2000;

/** Returns a version of the guidelines as one text, so that definitions are compared too; a class without one says nothing. */
export function guidelineText({ text, classes }: { text: string; classes: readonly GuidelineClass[] }): string {
  const lines = classes.flatMap(({ name, definition }) => (definition === "" ? [] : [`${name}: ${definition}`]));
  return [text, ...lines].filter((part) => part !== "").join("\n");
}

/** Compares two texts line by line by their longest common subsequence; removed lines come before added ones. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  // lengths[i][j]: lines in common of a from i on and b from j on.
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const [row, below] = [lengths[i], lengths[i + 1]];
    if (!row || !below) continue;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      i += 1;
      j += 1;
    } else if (
      left !== undefined &&
      (right === undefined || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))
    ) {
      lines.push({ kind: "removed", text: left });
      i += 1;
    } else if (right !== undefined) {
      lines.push({ kind: "added", text: right });
      j += 1;
    }
  }
  return lines;
}

/** Leaves out runs of equal lines, but for `context` lines beside a change; null stands for a run that was left out. */
export function foldSame(lines: readonly DiffLine[], context = 1): (DiffLine | null)[] {
  const isNear = (at: number) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(({ kind }) => kind !== "same");
  const folded: (DiffLine | null)[] = [];
  for (const [at, line] of lines.entries()) {
    if (isNear(at)) folded.push(line);
    else if (folded.at(-1) !== null) folded.push(null);
  }
  return folded;
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n").slice(0, maxLines);
}
