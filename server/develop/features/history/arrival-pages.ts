import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureArrivals } from "#db/schema/index.ts";

/** A row that was written, and is in no file yet. Times are microseconds since 1970. */
export interface Arrival {
  transaction: string;
  sequence: number;
  key: Buffer;
  eventAt: number;
  createdAt: number;
  arrivedAt: number;
  packed: Buffer;
  /** Whether look-ups were to find it. */
  isOnline: boolean;
}

const pageRows = 5_000;
/** A page ends with the row that reaches so many bytes of packed values. */
const pageBytes = 16 * 2 ** 20;

/**
 * Reads the arrivals of a view that transactions below the horizon wrote, in the order of transactions. All of these have ended, so the rows
 * are the same whenever this is called, until they are packed.
 */
export async function* arrivalPages(
  db: Database,
  { viewNumber, horizon }: { viewNumber: number; horizon: string },
): AsyncGenerator<Arrival[]> {
  const { transaction, sequence } = featureArrivals;
  const size = sql`octet_length(${featureArrivals.packed})`;
  const bytesBefore = sql`sum(${size}) over (order by ${transaction}, ${sequence} rows unbounded preceding) - ${size}`;
  let after = { transaction: "0", sequence: -1 };
  for (;;) {
    const next = db
      .select({
        inOrder: sql`${transaction}`.as("in_order"),
        transaction: sql<string>`${transaction}::text`.as("transaction_text"),
        sequence,
        key: featureArrivals.key,
        eventAt: featureArrivals.eventAt,
        createdAt: featureArrivals.createdAt,
        arrivedAt: featureArrivals.arrivedAt,
        packed: featureArrivals.packed,
        isOnline: featureArrivals.isOnline,
        bytesBefore: bytesBefore.as("bytes_before"),
      })
      .from(featureArrivals)
      .where(
        and(
          eq(featureArrivals.viewNumber, viewNumber),
          sql`${transaction} < ${horizon}::xid8`,
          sql`(${transaction}, ${sequence}) > (${after.transaction}::xid8, ${after.sequence}::bigint)`,
        ),
      )
      .orderBy(asc(transaction), asc(sequence))
      .limit(pageRows)
      .as("next");
    const page: Arrival[] = await db
      .select({
        transaction: next.transaction,
        sequence: next.sequence,
        key: next.key,
        eventAt: next.eventAt,
        createdAt: next.createdAt,
        arrivedAt: next.arrivedAt,
        packed: next.packed,
        isOnline: next.isOnline,
      })
      .from(next)
      .where(sql`${next.bytesBefore} < ${pageBytes}`)
      .orderBy(asc(next.inOrder), asc(next.sequence));
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last;
  }
}
