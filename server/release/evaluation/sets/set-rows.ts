import type { ColumnPack } from "../rows/pack-columns.ts";

/** What the head of a set's file says of all its rows. */
export interface SetHead {
  /** Names of the classes, for labels that are classes. */
  classes: string[];
  /** Names of lists, machines, series and horizons by the number in their column. */
  names: Partial<Record<"unit" | "series" | "horizon", string[]>>;
  /** Segments of columns, with the names of their values by the number in their column, from 1; and of filters. */
  segments: { id: string; title: string; column: string | null; isGroup: boolean; key: string; value: number }[];
}

/**
 * Rows of a set that are evaluated, column by column: `row` is the number in the file, from 1; `truth` is the class, the number, the text, a
 * flag for each class, or boxes or spans as JSON; `offsets` the limits of tokens; `weight`, `cluster`, `unit` (list or machine), `series` and `horizon` are there if the set has them; `segment.0` and
 * so on hold values of columns, from 1, or flags of filters.
 */
export type SetRows = ColumnPack<SetHead>;

type Segment = SetHead["segments"][number];

/** Segments that are evaluated and compared: of more, the largest ones. */
const maxEvaluatedSegments = 500;

/** Returns the segments that are evaluated, in their order: the 500 largest ones of more. */
export function evaluatedSegments(set: SetRows): Segment[] {
  const { segments } = set.head;
  if (segments.length <= maxEvaluatedSegments) return segments;
  const counts = new Map([...new Set(segments.map(({ key }) => key))].map((key) => [key, countValues(set, key)]));
  const sizeOf = ({ key, value }: Segment) => counts.get(key)?.[value] ?? 0;
  const chosen = new Set(segments.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, maxEvaluatedSegments));
  return segments.filter((segment) => chosen.has(segment));
}

/** Yields segments with the positions of their rows, in order. All of one column are gathered in one pass over the rows. */
export function* gatherSegments(
  set: SetRows,
  segments: readonly Segment[],
): Generator<{ segment: Segment; rows: Uint32Array }> {
  for (const [key, ofColumn] of Map.groupBy(segments, (segment) => segment.key)) {
    const column = set.columns[key] as Uint16Array | undefined;
    const counts = countValues(set, key);
    const lists: (Uint32Array | undefined)[] = [];
    for (const { value } of ofColumn) lists[value] = new Uint32Array(counts[value] ?? 0);
    const places = new Uint32Array(counts.length);
    for (let row = 0; column && row < column.length; row += 1) {
      const value = column[row] as number;
      const list = lists[value];
      if (list) list[(places[value] as number)++] = row;
    }
    for (const segment of ofColumn) yield { segment, rows: lists[segment.value] ?? new Uint32Array() };
  }
}

/** Counts the rows of each value of a column of segments. */
function countValues({ columns }: SetRows, key: string): Uint32Array {
  const counts = new Uint32Array(2 ** 16);
  for (const value of (columns[key] as Uint16Array | undefined) ?? []) counts[value] = (counts[value] as number) + 1;
  return counts;
}

/** Returns the positions of the rows of a segment, in order; null for all rows. */
export function rowsOfSegment(set: SetRows, id: string | null): Uint32Array | null | undefined {
  if (id === null) return null;
  const segment = set.head.segments.find((one) => one.id === id);
  const column = segment && (set.columns[segment.key] as Uint16Array | undefined);
  if (!column) return undefined;
  let count = 0;
  for (const value of column) if (value === segment.value) count += 1;
  const rows = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < column.length; row += 1) if (column[row] === segment.value) rows[at++] = row;
  return rows;
}
