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
}

const pageRows = 5_000;

/**
 * Reads the arrivals of a view that transactions below the horizon wrote, in the order of transactions. All of these have ended, so the rows
 * are the same whenever this is called, until they are packed.
 */
export async function* arrivalPages(
  db: Database,
  { viewNumber, horizon }: { viewNumber: number; horizon: string },
): AsyncGenerator<Arrival[]> {
  const { transaction, sequence } = featureArrivals;
  let after = { transaction: "0", sequence: -1 };
  for (;;) {
    const page = await db
      .select({
        transaction: sql<string>`${transaction}::text`,
        sequence,
        key: featureArrivals.key,
        eventAt: featureArrivals.eventAt,
        createdAt: featureArrivals.createdAt,
        arrivedAt: featureArrivals.arrivedAt,
        packed: featureArrivals.packed,
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
      .limit(pageRows);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < pageRows) return;
    after = last;
  }
}
