import { type AnyColumn, desc, eq, or, type SQL, sql } from "drizzle-orm";
import { gateRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { enqueueGates } from "./enqueue-checks.ts";

/** Enqueues the gates of versions of which the newest result of a gate waits for this evaluation, or for another try of it. */
export async function enqueueWaitingGates(ctx: Context, evaluationId: string): Promise<void> {
  const newest = ctx.db
    .selectDistinctOn([gateRuns.versionId, gateRuns.alias, gateRuns.gate], {
      versionId: gateRuns.versionId,
      alias: gateRuns.alias,
      evidence: gateRuns.evidence,
    })
    .from(gateRuns)
    .where(eq(gateRuns.workspaceId, ctx.actor.workspaceId))
    .orderBy(gateRuns.versionId, gateRuns.alias, gateRuns.gate, desc(gateRuns.id))
    .as("newest");
  const waiting = await ctx.db
    .selectDistinct({ versionId: newest.versionId, alias: newest.alias })
    .from(newest)
    .where(or(...["waitsFor", "endedRuns"].map((key) => contains(newest.evidence, { [key]: [evaluationId] }))));
  for (const gates of waiting) await enqueueGates(ctx, gates);
}

const contains = (column: AnyColumn | SQL.Aliased, part: object) => sql`${column} @> ${JSON.stringify(part)}::jsonb`;
