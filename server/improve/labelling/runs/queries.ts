import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { labelConsensus, labelRuns, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isPermitted, permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import {
  type FinishedLabelRun,
  GetLabelRun,
  type LabelRun,
  LabelRunResults,
  type ListedSuspect,
  ListLabelRuns,
  ListSuspects,
} from "./contract.ts";

/** A number in the results, which lists read without the rest. */
const number = (path: string) => sql<number | null>`(${labelRuns.results}#>>${path}::text[])::float8`;

const summary = {
  id: labelRuns.id,
  projectId: labelRuns.projectId,
  state: labelRuns.state,
  problem: labelRuns.problem,
  requestedBy: labelRuns.requestedBy,
  createdAt: labelRuns.createdAt,
  startedAt: labelRuns.startedAt,
  finishedAt: labelRuns.finishedAt,
  alpha: number("{agreement,alpha,value}"),
  ac1: number("{agreement,ac1,value}"),
  suspected: sql<number | null>`(${labelRuns.results}#>>'{noise,suspectedCount}')::int`,
};

/** Lists the runs of a project, newest first, with agreement as it was then. @throws DomainError "not-found" */
export async function listLabelRuns(ctx: Context, input: ListLabelRuns): Promise<LabelRun[]> {
  permit(ctx, "listLabelRuns");
  const { projectId, limit } = ListLabelRuns.parse(input);
  await findLabelProject(ctx, projectId);
  return ctx.db
    .select(summary)
    .from(labelRuns)
    .where(and(eq(labelRuns.workspaceId, ctx.actor.workspaceId), eq(labelRuns.projectId, projectId)))
    .orderBy(desc(labelRuns.id))
    .limit(limit);
}

/** Returns a finished run with its results; null while there is none. @throws DomainError "not-found" */
export async function getLabelRun(ctx: Context, input: GetLabelRun): Promise<FinishedLabelRun | null> {
  permit(ctx, "getLabelRun");
  const { projectId, runId } = GetLabelRun.parse(input);
  await findLabelProject(ctx, projectId);
  const run = await findFinishedRun(ctx, projectId, runId);
  if (!run || isPermitted(ctx, "listSuspects")) return run;
  return ctx.actor.role === "viewer" ? withoutPeople(withoutItems(run)) : withoutItems(run);
}

/** Viewers see numbers alone. */
function withoutPeople({ results, ...run }: FinishedLabelRun): FinishedLabelRun {
  return { ...run, results: { ...results, byPerson: [], pairs: [] } };
}

/** Only reviewers see items: for others they would say how to answer. */
function withoutItems({ results, ...run }: FinishedLabelRun): FinishedLabelRun {
  const { noise, consensus } = results;
  return {
    ...run,
    results: {
      ...results,
      consensus: { ...consensus, differences: [] },
      noise: noise && { ...noise, suspected: [] },
    },
  };
}

/** Finds the newest finished run of a project, or one of them; null without one. The caller has checked permissions. */
export async function findFinishedRun(
  ctx: Context,
  projectId: number,
  runId?: number,
): Promise<FinishedLabelRun | null> {
  const [row] = await ctx.db
    .select({ ...summary, results: labelRuns.results })
    .from(labelRuns)
    .where(
      and(
        eq(labelRuns.workspaceId, ctx.actor.workspaceId),
        eq(labelRuns.projectId, projectId),
        eq(labelRuns.state, "done"),
        runId === undefined ? undefined : eq(labelRuns.id, runId),
      ),
    )
    .orderBy(desc(labelRuns.id))
    .limit(1);
  const found = row && LabelRunResults.safeParse(row.results);
  // Results of an older release may have another form; the next run replaces them.
  return row && found?.success ? { ...row, results: found.data } : null;
}

/**
 * Lists suspected errors of the newest run as they are now, the most doubtful first.
 * @throws DomainError "not-found"
 */
export async function listSuspects(
  ctx: Context,
  input: ListSuspects,
): Promise<{ suspects: ListedSuspect[]; total: number; next: number | null }> {
  permit(ctx, "listSuspects");
  const { projectId, after, limit } = ListSuspects.parse(input);
  await findLabelProject(ctx, projectId);
  const run = await findFinishedRun(ctx, projectId);
  const noise = run?.results.noise;
  if (!run || !noise) return { suspects: [], total: 0, next: null };
  const listed = noise.suspected.slice(after, after + limit);
  const states = await statesOf(
    ctx,
    run,
    listed.map(({ taskId }) => taskId),
  );
  const suspects = listed.flatMap((one) => {
    const now = states.get(one.taskId);
    // Tasks may have been deleted since.
    return now ? [{ ...one, ...now }] : [];
  });
  const next = after + listed.length;
  return { suspects, total: noise.suspectedCount, next: next < noise.suspected.length ? next : null };
}

async function statesOf(ctx: Context, run: FinishedLabelRun, taskIds: readonly number[]) {
  if (taskIds.length === 0) return new Map<number, Pick<ListedSuspect, "state" | "data">>();
  const rows = await ctx.db
    .select({
      id: labelTasks.id,
      state: labelTasks.state,
      data: labelTasks.data,
      method: labelConsensus.method,
      labelledAt: labelConsensus.createdAt,
    })
    .from(labelTasks)
    .leftJoin(
      labelConsensus,
      and(eq(labelConsensus.taskId, labelTasks.id), sql`${labelConsensus.supersededAt} is null`),
    )
    .where(and(eq(labelTasks.workspaceId, ctx.actor.workspaceId), inArray(labelTasks.id, [...taskIds])));
  const since = run.startedAt ?? run.createdAt;
  return new Map(
    rows.map(({ id, state, data, method, labelledAt }) => {
      const now = (): ListedSuspect["state"] => {
        if (state === "dropped") return "dropped";
        if (state !== "settled") return "relabelling";
        if (method === "review") return "kept";
        return labelledAt && labelledAt > since ? "relabelled" : "suspected";
      };
      return [id, { state: now(), data }];
    }),
  );
}
