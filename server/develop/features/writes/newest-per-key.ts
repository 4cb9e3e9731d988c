/** A row to be written. Times are microseconds since 1970. */
export interface PackedRow {
  key: Buffer;
  eventAt: number;
  createdAt: number;
  packed: Buffer;
}

/**
 * Returns whether a row takes the place of another with its key: the greater event time, then the greater created time, then the later. The
 * database decides the same for rows that are there (write-rows.ts).
 */
function replaces(later: PackedRow, earlier: PackedRow): boolean {
  if (later.eventAt !== earlier.eventAt) return later.eventAt > earlier.eventAt;
  return later.createdAt >= earlier.createdAt;
}

/**
 * Returns the rows that win among those with their key, in the order of keys: one statement may not write a row twice, and writers that lock
 * rows in one order cannot deadlock.
 */
export function newestPerKey(rows: readonly PackedRow[]): PackedRow[] {
  const newest = new Map<string, PackedRow>();
  for (const row of rows) {
    const key = row.key.toString("latin1");
    const before = newest.get(key);
    if (!before || replaces(row, before)) newest.set(key, row);
  }
  return [...newest.values()].sort((a, b) => Buffer.compare(a.key, b.key));
}
