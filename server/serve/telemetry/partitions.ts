import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { dayMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";

const daysAhead = 7;

/**
 * Makes the partitions of the prediction log for today and the week to come, and drops those whose last day is older than
 * `retentionDays`. Days are UTC. Safe to run again, and beside itself.
 * @returns names of the partitions that were made and dropped.
 */
export async function maintainPredictionPartitions(
  db: Database,
  { now, retentionDays }: { now: Date; retentionDays: number },
): Promise<{ made: string[]; dropped: string[] }> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('leeway.prediction-partitions'))`);
    const today = Math.floor(now.getTime() / dayMs);
    const existing = await partitions(tx);
    const made: string[] = [];
    for (let day = today; day <= today + daysAhead; day += 1) {
      if (existing.includes(nameOf(day))) continue;
      await makePartition(tx, day);
      made.push(nameOf(day));
    }
    const oldest = nameOf(today - retentionDays);
    const dropped = existing.filter((name) => /^predictions_\d{8}$/.test(name) && name < oldest);
    for (const name of dropped) await tx.execute(sql`drop table ${sql.identifier(name)}`);
    await tx.execute(sql`delete from predictions_default where at < ${isoOf(today - retentionDays)}::timestamptz`);
    if (made.length + dropped.length > 0) log.info("prediction-partitions.maintained", { made, dropped });
    return { made, dropped };
  });
}

/** Creates the partition of one day and moves that day's earlier rows into it. */
async function makePartition(db: Database, day: number): Promise<void> {
  const [name, from, to] = [sql.identifier(nameOf(day)), sql.raw(`'${isoOf(day)}'`), sql.raw(`'${isoOf(day + 1)}'`)];
  await db.execute(sql`create table ${name} (like predictions including defaults including constraints)`);
  await db.execute(sql`
    with moved as (
      delete from predictions_default where at >= ${from}::timestamptz and at < ${to}::timestamptz returning *
    ) insert into ${name} select * from moved`);
  await db.execute(sql`alter table predictions attach partition ${name} for values from (${from}) to (${to})`);
}

async function partitions(db: Database): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(
    sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'predictions'::regclass`,
  );
  return rows.map((row) => row.name);
}

/** Returns the name of a day's partition: day number 20,000 is predictions_20241004. */
function nameOf(day: number): string {
  return `predictions_${isoOf(day).slice(0, 10).replaceAll("-", "")}`;
}

function isoOf(day: number): string {
  return new Date(day * dayMs).toISOString();
}
