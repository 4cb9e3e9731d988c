import { and, eq, gt, lt, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { leases } from "#db/schema/index.ts";

/** Duty of the process that pages in place of the workers. */
export const pagingLease = "paging";

/**
 * Acquires or renews a duty for some seconds. A lease instead of a lock of the session: that of a process that hangs ends.
 * @returns whether the holder has it now
 */
export async function holdLease(db: Database, name: string, holder: string, seconds: number): Promise<boolean> {
  const values = { holder, endsAt: sql`now() + make_interval(secs => ${seconds})` };
  const rows = await db
    .insert(leases)
    .values({ name, ...values })
    .onConflictDoUpdate({
      target: leases.name,
      set: values,
      setWhere: sql`${leases.holder} = ${holder} or ${leases.endsAt} < now()`,
    })
    .returning({ holder: leases.holder });
  return rows.length > 0;
}

/** Gives up a duty, if the holder has it. */
export async function releaseLease(db: Database, name: string, holder: string): Promise<void> {
  await db.delete(leases).where(and(eq(leases.name, name), eq(leases.holder, holder)));
}

/** Returns whether some process has the duty now. */
export async function isLeased(db: Database, name: string): Promise<boolean> {
  const rows = await db
    .select({ name: leases.name })
    .from(leases)
    .where(and(eq(leases.name, name), gt(leases.endsAt, sql`now()`)));
  return rows.length > 0;
}

/** Returns whether some process has a duty whose name begins so. */
export async function isAnyLeased(db: Database, prefix: string): Promise<boolean> {
  const current = and(sql`starts_with(${leases.name}, ${prefix})`, gt(leases.endsAt, sql`now()`));
  const rows = await db.select({ name: leases.name }).from(leases).where(current).limit(1);
  return rows.length > 0;
}

/** Deletes leases whose names begin so, whoever holds them. @param isOver only those that have ended */
export async function deleteLeases(db: Database, prefix: string, { isOver = false } = {}): Promise<void> {
  const ended = isOver ? lt(leases.endsAt, sql`now()`) : undefined;
  await db.delete(leases).where(and(sql`starts_with(${leases.name}, ${prefix})`, ended));
}
