import { and, asc, eq } from "drizzle-orm";
import { evaluationParts, evaluationRuns } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { Lease } from "#server/platform/jobs/lease.ts";
import { joinPacks, packColumns, unpackColumns } from "../rows/pack-columns.ts";
import type { RunRows } from "./score-rows.ts";

/**
 * Stores the rows that follow those stored so far, together with the progress, so that another runner continues behind them.
 * @returns false once the run was cancelled, or belongs to another runner
 */
export function storePart(
  ctx: Context,
  runId: string,
  lease: Lease,
  position: number,
  part: RunRows,
): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const [run] = await ctx.db
      .update(evaluationRuns)
      .set({ rowsDone: position + part.rows })
      .where(and(isRunOf(ctx, runId, lease), eq(evaluationRuns.rowsDone, position)))
      .returning({ id: evaluationRuns.id });
    if (!run) return false;
    const { workspaceId } = ctx.actor;
    await ctx.db
      .insert(evaluationParts)
      .values({ runId, workspaceId, position, rows: part.rows, data: packColumns(part) });
    await publish(ctx, "evaluation", runId);
    return true;
  });
}

/** Sets the progress of a run to the rows that are stored of it, from which this runner continues. */
export async function setRowsDone(ctx: Context, runId: string, lease: Lease, rows: number): Promise<void> {
  await ctx.db
    .update(evaluationRuns)
    .set({ rowsDone: rows })
    .where(isRunOf(ctx, runId, lease));
}

/** Reads all rows that were stored of a run, in order; undefined if there are none. */
export async function readParts(ctx: Context, runId: string): Promise<RunRows | undefined> {
  const parts = await ctx.db
    .select({ data: evaluationParts.data })
    .from(evaluationParts)
    .where(and(eq(evaluationParts.workspaceId, ctx.actor.workspaceId), eq(evaluationParts.runId, runId)))
    .orderBy(asc(evaluationParts.position));
  if (parts.length === 0) return undefined;
  const packs = parts.map(({ data }) => unpackColumns<RunRows["head"]>(data));
  // Classes that only later rows had are in the newest head.
  return { ...joinPacks(packs), head: (packs.at(-1) as RunRows).head };
}

/** Deletes the parts of a run that is finished. */
export async function deleteParts(ctx: Context, runId: string): Promise<void> {
  await ctx.db
    .delete(evaluationParts)
    .where(and(eq(evaluationParts.workspaceId, ctx.actor.workspaceId), eq(evaluationParts.runId, runId)));
}

/** Selects a run while this runner has it. */
export function isRunOf(ctx: Context, runId: string, { runner }: Pick<Lease, "runner">) {
  return and(
    eq(evaluationRuns.workspaceId, ctx.actor.workspaceId),
    eq(evaluationRuns.id, runId),
    eq(evaluationRuns.runner, runner),
    eq(evaluationRuns.state, "running"),
  );
}
