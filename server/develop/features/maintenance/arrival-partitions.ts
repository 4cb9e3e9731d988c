import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { dayMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";

const daysAhead = 7;

/**
 * Makes the partitions of arrivals for today and the week to come. Days are UTC, and each is a transaction. Safe to run again, and beside
 * itself. Nothing is dropped here: a day may go once its rows are packed into files.
 * @returns names of the partitions that were made
 */
export async function makeArrivalPartitions(
  db: Database,
  now: number,
  attempt: Attempt = attemptOnce,
): Promise<string[]> {
  const today = Math.floor(now / dayMs);
  const made: string[] = [];
  for (let day = today; day <= today + daysAhead; day += 1) {
    await attempt({ id: `partition ${nameOf(day)}` }, () =>
      db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(hashtext('leeway.feature-partitions'))`);
        if ((await partitionNames(tx)).includes(nameOf(day))) return;
        await makePartition(tx, day);
        made.push(nameOf(day));
      }),
    );
  }
  return made;
}

/** Creates the partition of one day and moves that day's earlier rows into it. */
async function makePartition(db: Database, day: number): Promise<void> {
  const [name, from, to] = [sql.identifier(nameOf(day)), boundOf(day), boundOf(day + 1)];
  // A row of that day that someone writes after the move would be in the way.
  await db.execute(sql`lock table feature_arrivals in share row exclusive mode`);
  await db.execute(sql`create table ${name} (like feature_arrivals including defaults including constraints)`);
  await db.execute(sql`
    with moved as (
      delete from feature_arrivals_default where arrived_at >= ${from} and arrived_at < ${to} returning *
    ) insert into ${name} select * from moved`);
  await db.execute(sql`alter table feature_arrivals attach partition ${name} for values from (${from}) to (${to})`);
}

async function partitionNames(db: Database): Promise<string[]> {
  const result = await db.execute(
    sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'feature_arrivals'::regclass`,
  );
  return rowsOf(z.object({ name: z.string() }), result).map(({ name }) => name);
}

/** Returns the first microsecond of a day, as the statements take it: no parameters. */
const boundOf = (day: number) => sql.raw(String(day * dayMs * 1000));

/** Returns the name of a day's partition: day number 20,000 is feature_arrivals_20241004. */
function nameOf(day: number): string {
  return `feature_arrivals_${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll("-", "")}`;
}
