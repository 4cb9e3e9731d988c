import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { runFindings } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { FindingKind } from "#server/develop/tracking/health/contract.ts";
import type { JobSpec, StopRequest } from "../contract.ts";
import type { JobRow } from "./lock-job.ts";

const kinds: Record<JobSpec["stopOn"][number], readonly FindingKind[]> = {
  "no-number": ["nan", "infinite"],
  exploding: ["exploding"],
};

/**
 * Finds the first open finding of the run of a job that its specification stops on; undefined without one.
 * docs/spec/training.md section 4.
 */
export async function stoppingFinding(
  ctx: Context,
  { runId, stopOn }: { runId: string; stopOn: JobSpec["stopOn"] },
): Promise<typeof runFindings.$inferSelect | undefined> {
  if (stopOn.length === 0) return undefined;
  const [finding] = await ctx.db
    .select()
    .from(runFindings)
    .where(
      and(
        eq(runFindings.workspaceId, ctx.actor.workspaceId),
        eq(runFindings.runId, runId),
        isNull(runFindings.until),
        inArray(
          runFindings.kind,
          stopOn.flatMap((each) => kinds[each]),
        ),
      ),
    )
    .orderBy(asc(runFindings.since))
    .limit(1);
  return finding;
}

/** Returns the request to stop a job that runs without a chance, as its finding says; undefined while it has one. */
export async function stopOfFinding(
  ctx: Context,
  { runId, spec }: JobRow,
  now: number,
): Promise<StopRequest | undefined> {
  const finding = await stoppingFinding(ctx, { runId, stopOn: spec.stopOn });
  if (!finding) return undefined;
  return { cause: "failed", reason: finding.words, byName: "Leeway", at: new Date(now).toISOString() };
}
