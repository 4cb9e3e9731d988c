import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { dayMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";

const daysAhead = 7;

/**
 * Drops the partitions of the prediction log whose last day is older than `retentionDays`, and makes those for today and the week to come.
 * Days are UTC. Each is a transaction, and dropping comes first: a full disk takes no new table, and must not keep the old ones. Safe to
 * run again, and beside itself.
 * @returns names of the partitions that were made and dropped
 */
export async function maintainPredictionPartitions(
  db: Database,
  { now, retentionDays }: { now: Date; retentionDays: number },
  attempt: Attempt = attemptOnce,
): Promise<{ made: string[]; dropped: string[] }> {
  const today = Math.floor(now.getTime() / dayMs);
  const oldest = nameOf(today - retentionDays);
  const made: string[] = [];
  const dropped: string[] = [];
  const drop = () =>
    alone(db, async (tx) => {
      const names = (await partitions(tx)).filter((name) => /^predictions_\d{8}$/.test(name) && name < oldest);
      for (const name of names) await tx.execute(sql`drop table ${sql.identifier(name)}`);
      dropped.push(...names);
    });
  const make = (day: number) =>
    alone(db, async (tx) => {
      if ((await partitions(tx)).includes(nameOf(day))) return;
      await makePartition(tx, day);
      made.push(nameOf(day));
    });
  await attempt({ id: "old partitions" }, drop);
  for (let day = today; day <= today + daysAhead; day += 1) {
    await attempt({ id: `partition ${nameOf(day)}` }, () => make(day));
  }
  await attempt({ id: "old predictions without a partition" }, () =>
    db.execute(sql`delete from predictions_default where at < ${isoOf(today - retentionDays)}::timestamptz`),
  );
  if (made.length + dropped.length > 0) log.info("prediction-partitions.maintained", { made, dropped });
  return { made, dropped };
}

/** Runs one step in a transaction, while no other process maintains partitions. */
function alone<Result>(db: Database, work: (tx: Database) => Promise<Result>): Promise<Result> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('leeway.prediction-partitions'))`);
    return work(tx);
  });
}

/** Creates the partition of one day and moves that day's earlier rows into it. */
async function makePartition(db: Database, day: number): Promise<void> {
  const [name, from, to] = [sql.identifier(nameOf(day)), sql.raw(`'${isoOf(day)}'`), sql.raw(`'${isoOf(day + 1)}'`)];
  // A row of that day that someone writes after the move would be in the way.
  await db.execute(sql`lock table predictions in share row exclusive mode`);
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
