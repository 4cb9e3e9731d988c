import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { intruderKey } from "./intruder.ts";
import { ask, expectedValues, type Leeway } from "./jobs.ts";

export interface Verified {
  finished: number;
  jobsLost: string[];
  /** Bytes that a program had printed and Leeway has not, or has otherwise. */
  logBytesLost: number;
  logBytes: number;
  /** The same where wrapper and guard died with the machine, or the attempt was fenced: what they had not sent. */
  unsentBytes: number;
  /** Ends of attempts: causes, and whether anything reported them. */
  ends: Map<string, number>;
  points: number;
  pointsLost: number;
  intruders: number;
  words: string[];
}

interface AttemptRow extends Record<string, unknown> {
  job: string;
  number: number;
  isReported: boolean;
  cause: string;
  dropped: number;
}

/**
 * Compares what Leeway has with what programs printed and logged.
 *
 * The log: of an attempt that reported its end (by its wrapper, or by the guard where the wrapper was killed) every byte must be there, in its
 * place. One that never did has lost at most its end: what is there must be the beginning of what was printed.
 */
export async function verify(
  db: Database,
  leeway: Leeway,
  { jobs, witness }: { jobs: readonly string[]; witness: string },
): Promise<Verified> {
  const found: Verified = {
    finished: 0,
    jobsLost: [],
    logBytesLost: 0,
    logBytes: 0,
    unsentBytes: 0,
    ends: new Map(),
    points: 0,
    pointsLost: 0,
    intruders: 0,
    words: [],
  };
  const { rows: states } = await db.execute<{ id: string; state: string; message: string | null; run: string }>(
    sql`select id, state, message, run_id as run from training_jobs`,
  );
  const byId = new Map(states.map((row) => [row.id, row]));
  for (const id of jobs) {
    const row = byId.get(id);
    if (row?.state === "finished") found.finished += 1;
    else found.jobsLost.push(`${id} is ${row ? `${row.state}: ${row.message}` : "not there"}.`);
  }
  await verifyLogs(db, leeway, witness, found);
  for (const { state, run } of states) if (state === "finished") await verifyPoints(leeway, run, found);
  const { rows: intruders } = await db.execute<{ count: number }>(sql`
    select (select count(*) from run_tags where key = ${intruderKey})::int
      + (select count(*) from metric_series where key = ${intruderKey})::int as count`);
  found.intruders = intruders[0]?.count ?? 0;
  return found;
}

async function verifyLogs(db: Database, leeway: Leeway, witness: string, found: Verified): Promise<void> {
  const { rows } = await db.execute<AttemptRow>(sql`
    select job_id as job, number, report is not null as "isReported", cause, log_dropped::float8 as dropped
    from training_attempts order by 1, 2`);
  for (const { job, number, isReported, cause, dropped } of rows) {
    const printed = await readFile(join(witness, `${job}-${number}`)).catch(() => Buffer.alloc(0));
    const stored = await ask<Buffer>(leeway, "GET", `/api/v1/training/jobs/${job}/log/file?attempt=${number}`);
    const common = commonBytes(printed, stored);
    found.logBytes += stored.length;
    if (dropped > 0) found.words.push(`${job}, attempt ${number}: ${dropped} bytes were dropped.`);
    // A program may be killed between a line and its witness.
    const rest = stored.subarray(common);
    const isWhole = common === printed.length;
    const isBeginning = rest.length === 0;
    if (isWhole || (isBeginning && !isReported)) {
      found.unsentBytes += printed.length - common;
      const end = `${cause}, ${isReported ? "reported" : "vanished"}`;
      found.ends.set(end, (found.ends.get(end) ?? 0) + 1);
      continue;
    }
    found.logBytesLost += printed.length - common;
    found.words.push(
      `${job}, attempt ${number}: ${printed.length} bytes were printed, ${stored.length} are there, ${common} in their places.`,
    );
  }
}

function commonBytes(one: Buffer, other: Buffer): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) if (one[at] !== other[at]) return at;
  return length;
}

/** Every step has a point, and every point is what an undisturbed program would have logged. */
async function verifyPoints(leeway: Leeway, run: string, found: Verified): Promise<void> {
  const path = `/api/2.0/mlflow/metrics/get-history?run_id=${run}&metric_key=value&max_results=10000`;
  const { metrics } = await ask<{ metrics: { step: number; value: number }[] }>(leeway, "GET", path);
  const values = new Map(metrics.map(({ step, value }) => [step, value]));
  const wrong = metrics.filter(({ step, value }) => expectedValues()[step - 1] !== value);
  const missing = expectedValues().filter((_, at) => !values.has(at + 1));
  found.points += metrics.length;
  found.pointsLost += wrong.length + missing.length;
  if (wrong.length + missing.length > 0) {
    found.words.push(`Run ${run}: ${missing.length} points are missing, ${wrong.length} are wrong.`);
  }
}
