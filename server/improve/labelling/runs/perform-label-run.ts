import { and, eq, inArray, sql } from "drizzle-orm";
import { labelProjects, labelRuns, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LabelTaskKind } from "../contract.ts";
import { computeInThread } from "./compute-in-thread.ts";
import type { ComputedRun } from "./compute-run.ts";
import type { LabelRunResults } from "./contract.ts";
import { readRunInput } from "./read-run-input.ts";

/**
 * Computes a label run and stores its results. A repeated one starts from the beginning, and does nothing for a finished run. It changes no
 * label: suspected errors and differences are shown, for people to decide.
 */
export async function performLabelRun(
  ctx: Context,
  { runId }: JobData["run-labels"],
  store: Pick<ArtifactStore, "open" | "stat">,
): Promise<void> {
  permit(ctx, "performLabelRun");
  const isOurs = isOpenRun(ctx, runId);
  const [run] = await ctx.db
    .update(labelRuns)
    .set({ state: "running", startedAt: sql`coalesce(${labelRuns.startedAt}, clock_timestamp())` })
    .where(isOurs)
    .returning({ projectId: labelRuns.projectId });
  if (!run) return;
  const { projectId } = run;
  const [project] = await ctx.db
    .select()
    .from(labelProjects)
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, projectId)));
  if (!project) return;
  const { config, settings, taskKind } = project;
  const input = { id: projectId, config, settings, taskKind: LabelTaskKind.parse(taskKind) };
  const results = await withItems(ctx, await computeInThread(await readRunInput(ctx, input, store)));
  await transact(ctx, async (ctx) => {
    const [done] = await ctx.db
      .update(labelRuns)
      .set({ state: "done", results, finishedAt: sql`clock_timestamp()` })
      .where(isOurs)
      .returning({ id: labelRuns.id });
    if (done) await publish(ctx, "labels", String(projectId));
  });
}

/** Marks a run as failed after its last attempt. Another one can be requested. */
export async function markLabelRunFailed(ctx: Context, { runId, reason }: JobData["give-up-label-run"]): Promise<void> {
  permit(ctx, "performLabelRun");
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(labelRuns)
      .set({
        state: "failed",
        problem: `The label run failed repeatedly. ${reason} Start another one.`,
        finishedAt: sql`clock_timestamp()`,
      })
      .where(isOpenRun(ctx, runId))
      .returning({ projectId: labelRuns.projectId });
    if (failed) await publish(ctx, "labels", String(failed.projectId));
  });
}

function isOpenRun(ctx: Context, runId: number) {
  return and(
    eq(labelRuns.workspaceId, ctx.actor.workspaceId),
    eq(labelRuns.id, runId),
    inArray(labelRuns.state, ["waiting", "running"]),
  );
}

/** Adds the items of suspected errors, by which people know them. */
async function withItems(ctx: Context, { noise, ...results }: ComputedRun): Promise<LabelRunResults> {
  if (!noise) return { ...results, noise };
  const ids = noise.suspected.map(({ taskId }) => taskId);
  const rows = await ctx.db
    .select({ id: labelTasks.id, item: labelTasks.item })
    .from(labelTasks)
    .where(and(eq(labelTasks.workspaceId, ctx.actor.workspaceId), inArray(labelTasks.id, ids.length > 0 ? ids : [0])));
  const items = new Map(rows.map(({ id, item }) => [id, item]));
  return {
    ...results,
    noise: { ...noise, suspected: noise.suspected.map((one) => ({ ...one, item: items.get(one.taskId) ?? "" })) },
  };
}
