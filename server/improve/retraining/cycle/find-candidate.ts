import { and, desc, eq, isNull } from "drizzle-orm";
import { loggedModels, modelVersions, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { loadSecurity } from "#server/develop/registry/security/load-security.ts";
import type { FoundCycle } from "./lock-cycle.ts";

/** Time after the end of a job in which its model may still arrive, and in which what has arrived is registered. */
const loggingMs = 10 * minuteMs;
const registeringMs = dayMs;

/** Finds the version of the policy's model that the job of a cycle has registered. */
export async function findCandidate(
  ctx: Context,
  { jobId, modelId }: FoundCycle,
): Promise<{ id: string; version: number } | undefined> {
  if (jobId === null) return undefined;
  const [found] = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version })
    .from(trainingJobs)
    .innerJoin(modelVersions, eq(modelVersions.runId, trainingJobs.runId))
    .where(
      and(
        eq(trainingJobs.workspaceId, ctx.actor.workspaceId),
        eq(trainingJobs.id, jobId),
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        eq(modelVersions.modelId, modelId),
      ),
    )
    .orderBy(desc(modelVersions.version))
    .limit(1);
  return found;
}

/** Whether a finished job may still register a version. @param now milliseconds since 1970 */
export async function mayRegister(
  ctx: Context,
  { runId, endedAt }: { runId: string; endedAt: Date | null },
  now: number,
): Promise<boolean> {
  const age = now - (endedAt?.getTime() ?? now);
  if (age <= loggingMs) return true;
  const isReady = and(
    eq(loggedModels.workspaceId, ctx.actor.workspaceId),
    eq(loggedModels.sourceRunId, runId),
    eq(loggedModels.status, "LOGGED_MODEL_READY"),
    isNull(loggedModels.deletedAt),
  );
  return age <= registeringMs && (await ctx.db.$count(loggedModels, isReady)) > 0;
}

/** Whether a version's files are still being inspected or scanned, so that it is too early to evaluate it. */
export async function isBeingChecked(ctx: Context, versionId: string): Promise<boolean> {
  const [version] = await ctx.db
    .select({ inspection: modelVersions.inspection })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId)));
  if (version?.inspection === "pending") return true;
  const scan = (await loadSecurity(ctx, [versionId])).get(versionId)?.scan;
  return scan !== undefined && scan !== null && scan.verdict === null;
}
