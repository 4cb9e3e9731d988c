import { ArgumentError } from "../argument-error.ts";
import { checkSelection, type RowColumns, type RowSelection } from "./row-columns.ts";

/** Rows on which two versions differ, by number, in the order of the set. */
export interface ChangedRows {
  /** Correct only by the first version. */
  gained: Uint32Array;
  /** Correct only by the second. */
  lost: Uint32Array;
  /** Incorrect by both, with different answers. */
  otherwise: Uint32Array;
  /** All of them; the lists may be cut. */
  counts: { gained: number; lost: number; otherwise: number };
}

/**
 * Lists the rows that changed between two versions: gained, lost, and incorrect with another class.
 * @param limit greatest length of each list
 * @throws ArgumentError for versions of different sets or a limit that is no whole number
 */
export function changedRows(
  first: RowColumns,
  second: RowColumns,
  { rows = null, limit = 1_000 }: { rows?: RowSelection; limit?: number } = {},
): ChangedRows {
  const count = first.answer.length;
  const columns = [second.answer, first.correct, second.correct];
  if (columns.some(({ length }) => length !== count)) {
    throw new ArgumentError("Versions must be evaluated on the same rows.");
  }
  if (!(Number.isInteger(limit) && limit >= 0)) throw new ArgumentError("The limit of a list must be a whole number.");
  checkSelection(rows, count);
  const lists = { gained: [] as number[], lost: [] as number[], otherwise: [] as number[] };
  const counts = { gained: 0, lost: 0, otherwise: 0 };
  const selected = rows ? rows.length : count;
  for (let at = 0; at < selected; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    const kind = changeOf(first, second, row);
    if (!kind) continue;
    counts[kind] += 1;
    if (lists[kind].length < limit) lists[kind].push(row);
  }
  return {
    gained: Uint32Array.from(lists.gained),
    lost: Uint32Array.from(lists.lost),
    otherwise: Uint32Array.from(lists.otherwise),
    counts,
  };
}

function changeOf(first: RowColumns, second: RowColumns, row: number): "gained" | "lost" | "otherwise" | undefined {
  if (first.correct[row] !== second.correct[row]) return first.correct[row] === 1 ? "gained" : "lost";
  if (first.correct[row] === 1) return undefined;
  if (first.answer[row] !== second.answer[row]) return "otherwise";
  return undefined;
}
