import type { Votes } from "./votes.ts";

/** Makes votes of a table, null where an annotator has none: of annotators by items, or the other way round. */
export function votesOf(
  table: readonly (readonly (number | null)[])[],
  { isByItem = false, classes, items }: { isByItem?: boolean; classes?: number; items?: number } = {},
): Votes {
  const rows = table.flatMap((line, first) =>
    line.flatMap((given, second) => (given === null ? [] : [{ first, second, given }])),
  );
  const width = Math.max(0, ...table.map((line) => line.length));
  return {
    item: Int32Array.from(rows, ({ first, second }) => (isByItem ? first : second)),
    annotator: Int32Array.from(rows, ({ first, second }) => (isByItem ? second : first)),
    given: Int32Array.from(rows, ({ given }) => given),
    items: items ?? (isByItem ? table.length : width),
    annotators: isByItem ? width : table.length,
    classes: classes ?? 1 + Math.max(0, ...rows.map(({ given }) => given)),
  };
}
