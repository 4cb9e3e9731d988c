import { and, desc, eq, gt, inArray, isNull, or } from "drizzle-orm";
import { experiments, runFindings, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findingKinds } from "./constants.ts";
import { type FindingOfRun, ListRunFindings, ListWorkspaceFindings, RunFinding } from "./contract.ts";

/** Maximum time since the end of a run that still needs attention. */
const recentMs = 7 * dayMs;

/** Lists the findings of these runs, worst first; with `withPast` also resolved ones. Omits runs without findings. */
export async function listRunFindings(ctx: Context, input: ListRunFindings): Promise<RunFinding[]> {
  permit(ctx, "listRunFindings");
  const { runIds, withPast } = ListRunFindings.parse(input);
  if (runIds.length === 0) return [];
  const rows = await ctx.db
    .select()
    .from(runFindings)
    .where(
      and(
        eq(runFindings.workspaceId, ctx.actor.workspaceId),
        inArray(runFindings.runId, runIds),
        withPast ? undefined : isNull(runFindings.until),
      ),
    )
    .orderBy(desc(runFindings.since));
  const rank = (finding: RunFinding) => findingKinds.indexOf(finding.kind) + (finding.until === null ? 0 : 100);
  return rows.map((row) => RunFinding.parse(row)).toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Runs of the workspace, or of one experiment, that need attention: running or ended within the last week, with something wrong;
 * the newest trouble first.
 */
export async function listWorkspaceFindings(
  ctx: Context,
  input: ListWorkspaceFindings,
  now = Date.now(),
): Promise<FindingOfRun[]> {
  permit(ctx, "listWorkspaceFindings");
  const { experimentId, limit } = ListWorkspaceFindings.parse(input);
  const rows = await ctx.db
    .select({ finding: runFindings, run: runs, experimentName: experiments.name })
    .from(runFindings)
    .innerJoin(runs, eq(runs.id, runFindings.runId))
    .innerJoin(experiments, and(eq(experiments.workspaceId, runs.workspaceId), eq(experiments.id, runs.experimentId)))
    .where(
      and(
        eq(runFindings.workspaceId, ctx.actor.workspaceId),
        isNull(runFindings.until),
        isNull(runs.deletedAt),
        isNull(experiments.deletedAt),
        or(eq(runs.status, "RUNNING"), gt(runs.updatedAt, now - recentMs)),
        experimentId === undefined ? undefined : eq(runs.experimentId, experimentId),
      ),
    )
    .orderBy(desc(runFindings.since))
    .limit(limit);
  return rows.map(({ finding, run, experimentName }) => ({
    ...RunFinding.parse(finding),
    runName: run.name,
    experimentId: run.experimentId,
    experimentName,
  }));
}
