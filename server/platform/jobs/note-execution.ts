import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { recurringWork } from "#db/schema/index.ts";
import { problemOf } from "./problem-of.ts";

export interface Execution {
  name: string;
  durationMs: number;
  /** Items evaluated; left out for jobs. */
  items?: number;
  /** What it threw; undefined after success. */
  problem?: unknown;
}

/** Records an execution of a watcher or scheduled job that has just ended, for the page of recurring work. */
export async function noteExecution(db: Database, { name, durationMs, items, problem }: Execution): Promise<void> {
  const values = {
    startedAt: sql`clock_timestamp() - make_interval(secs => ${durationMs / 1000})`,
    durationMs,
    items: items ?? null,
    problem: problem === undefined ? null : problemOf(problem),
  };
  await db
    .insert(recurringWork)
    .values({ name, ...values })
    .onConflictDoUpdate({ target: recurringWork.name, set: values });
}
