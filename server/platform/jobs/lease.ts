import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";

/** Time without a heartbeat after which another runner takes over. */
const leaseSeconds = 60;
const renewMs = 5_000;

/** Runners that may die on the same work before it fails: one that exhausts the memory would end the worker again and again. */
export const maxLeases = 5;

/** Tables of long work, with the columns state, runner, leased_until and attempts. */
export type LeasedTable =
  | "imports"
  | "exports"
  | "load_tests"
  | "evaluation_runs"
  | "feature_training_sets"
  | "feature_materialisations"
  | "feature_key_removals";

/** Exclusive right to run a long task, until it ends or expires. */
export interface Lease {
  runner: string;
  /** Aborted when the work was cancelled, or the right was lost. */
  signal: AbortSignal;
  stop(): void;
}

/** Acquires and renews a lease on work that is queued, or whose runner has died. @returns undefined when it has ended or is running. */
export async function acquireLease(ctx: Context, table: LeasedTable, id: string): Promise<Lease | undefined> {
  const runner = randomUUID();
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute(sql`
    update ${sql.identifier(table)}
    set state = 'running', runner = ${runner}, leased_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
    where id = ${id} and workspace_id = ${workspaceId} and state in ('waiting', 'running')
      and (leased_until is null or leased_until < now())
    returning id`);
  if (rows.length === 0) return undefined;
  const controller = new AbortController();
  let renewedAt = performance.now();
  const timer = setInterval(() => {
    renew(ctx, table, id, runner).then(
      (isOurs) => {
        if (isOurs) renewedAt = performance.now();
        else controller.abort();
      },
      (cause: unknown) => {
        log.warn("lease.not-renewed", { table, id, reason: String(cause) });
        if (performance.now() - renewedAt > leaseSeconds * 1000) controller.abort();
      },
    );
  }, renewMs);
  return { runner, signal: controller.signal, stop: () => clearInterval(timer) };
}

async function renew(ctx: Context, table: LeasedTable, id: string, runner: string): Promise<boolean> {
  const { rows } = await ctx.db.execute(sql`
    update ${sql.identifier(table)} set leased_until = now() + make_interval(secs => ${leaseSeconds})
    where id = ${id} and runner = ${runner} and state = 'running' returning id`);
  return rows.length > 0;
}
