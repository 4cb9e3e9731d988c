import { databaseError } from "../../base/database-error.ts";

/** Rows that Postgres does not take in any attempt, and why. */
export interface Rejected<Row> {
  rejected: Row[];
  /** "" without any. */
  reason: string;
}

/**
 * Stores rows together. If Postgres rejects them, it stores each half, until the rejected rows are alone: one of them stops no other.
 * @param write stores rows; done twice, it equals once @throws what `write` throws for a failure that a retry may not meet again
 */
export async function storePart<Row>(
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<unknown>,
): Promise<Rejected<Row>> {
  try {
    await write(rows);
    return { rejected: [], reason: "" };
  } catch (cause) {
    const { code, message: reason } = databaseError(cause);
    // SQLSTATE classes 22 (data exception) and 23 (constraint violation): a retry would fail again.
    if (!/^2[23]/.test(code)) throw cause;
    if (rows.length <= 1) return { rejected: [...rows], reason };
    const half = Math.ceil(rows.length / 2);
    const first = await storePart(rows.slice(0, half), write);
    const second = await storePart(rows.slice(half), write);
    return { rejected: [...first.rejected, ...second.rejected], reason };
  }
}
