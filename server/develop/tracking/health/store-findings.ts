import { and, eq, isNull, notInArray, sql } from "drizzle-orm";
import { runFindings, runHealthChecks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { RunInfo } from "../runs/contract.ts";
import type { Detected } from "./detected.ts";

/** Writes what a look at a run found: new findings are opened, those not found any more are closed, the look itself is noted. */
export async function storeFindings(
  ctx: Context,
  run: Pick<RunInfo, "id" | "updatedAt" | "endedAt" | "experimentId">,
  { findings, dueAt }: { findings: readonly Detected[]; dueAt: number | null },
  now: number,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  await transact(ctx, async (ctx) => {
    const seen = { seenUpdatedAt: run.updatedAt, dueAt };
    // First, so that two workers that look at one run take turns.
    await ctx.db
      .insert(runHealthChecks)
      .values({ runId: run.id, workspaceId, ...seen })
      .onConflictDoUpdate({ target: runHealthChecks.runId, set: seen });
    const opened = await open(ctx, run, findings, now);
    const closed = await close(ctx, run, findings, now);
    if (opened + closed > 0) await publish(ctx, "run", run.id);
  });
}

async function open(
  ctx: Context,
  run: Pick<RunInfo, "id" | "experimentId">,
  findings: readonly Detected[],
  now: number,
): Promise<number> {
  if (findings.length === 0) return 0;
  const { workspaceId } = ctx.actor;
  const opened = await ctx.db
    .insert(runFindings)
    .values(findings.map((finding) => ({ ...finding, workspaceId, runId: run.id, foundAt: now })))
    .onConflictDoUpdate({
      target: [runFindings.runId, runFindings.kind],
      targetWhere: sql`until is null`,
      // The words follow the run; the start of the problem stays. xmax distinguishes a new row from a changed one.
      set: { value: sql`excluded.value`, words: sql`excluded.words` },
    })
    .returning({ id: runFindings.id, kind: runFindings.kind, words: runFindings.words, isNew: sql<boolean>`xmax = 0` });
  const fresh = opened.filter(({ isNew }) => isNew);
  for (const { kind, words } of fresh) {
    const after = { kind, words, experimentId: run.experimentId };
    await record(ctx, "run.finding-opened", { subject: `run/${run.id}`, after });
  }
  return fresh.length;
}

async function close(
  ctx: Context,
  run: Pick<RunInfo, "id" | "endedAt" | "experimentId">,
  findings: readonly Detected[],
  now: number,
): Promise<number> {
  const kinds = findings.map(({ kind }) => kind);
  const closed = await ctx.db
    .update(runFindings)
    .set({ until: run.endedAt ?? now })
    .where(
      and(
        eq(runFindings.workspaceId, ctx.actor.workspaceId),
        eq(runFindings.runId, run.id),
        isNull(runFindings.until),
        kinds.length > 0 ? notInArray(runFindings.kind, kinds) : undefined,
      ),
    )
    .returning({ kind: runFindings.kind, words: runFindings.words });
  for (const { kind, words } of closed) {
    const before = { kind, words, experimentId: run.experimentId };
    await record(ctx, "run.finding-closed", { subject: `run/${run.id}`, before });
  }
  return closed.length;
}
