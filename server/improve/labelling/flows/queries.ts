import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { findFinishedRun } from "../runs/queries.ts";
import { GetLabelTrigger, type LabelFlow, type LabelTrigger, OfLabelProject } from "./contract.ts";
import { countFresh } from "./count-fresh.ts";
import { findTrainedExport } from "./find-trained-export.ts";

const Counts = z.object({ settled: z.number(), recorded: z.number(), waiting: z.number(), counted: z.number() });

/** Says where the labels of a project have gone. @throws DomainError "not-found" */
export async function getLabelFlow(ctx: Context, input: OfLabelProject): Promise<LabelFlow> {
  permit(ctx, "getLabelFlow");
  const { projectId } = OfLabelProject.parse(input);
  const project = await findLabelProject(ctx, projectId);
  const result = await ctx.db.execute(sql`
    select count(*)::int as settled,
      (count(*) filter (where consensus.recorded_at is not null and task.request_id is not null))::int as recorded,
      (count(*) filter (where consensus.recorded_at is null and task.request_id is not null))::int as waiting,
      (count(*) filter (where task.request_id is not null and task.selection = 'audit'))::int as counted
    from label_consensus as consensus join label_tasks as task on task.id = consensus.task_id
    where consensus.workspace_id = ${ctx.actor.workspaceId} and consensus.project_id = ${projectId} and consensus.superseded_at is null`);
  const exports = project.progress?.exports ?? [];
  const newest = exports.find(({ state, audit }) => state === "done" && audit === null);
  return {
    ...rowOf(Counts, result),
    exports,
    fresh: await countFresh(ctx, project, newest?.requestedAt ?? null),
  };
}

/**
 * Returns what a retraining trigger can be about: labels that may be trained on and are newer than the data of the version in effect, or than a
 * time; agreement of a class, share of labels that look wrong. @throws DomainError "not-found"
 */
export async function getLabelTrigger(ctx: Context, input: GetLabelTrigger): Promise<LabelTrigger> {
  permit(ctx, "getLabelTrigger");
  const { projectId, since: asked } = GetLabelTrigger.parse(input);
  const project = await findLabelProject(ctx, projectId);
  const trained = asked ? null : await findTrainedExport(ctx, project);
  const since = asked?.toISOString() ?? trained?.requestedAt ?? null;
  const run = await findFinishedRun(ctx, projectId);
  return {
    fresh: await countFresh(ctx, project, since),
    since: since === null ? null : new Date(since),
    trained: trained && { model: trained.model, version: trained.version },
    byClass: (run?.results.byClass ?? []).map(({ name, alpha, noise }) => ({ name, alpha, noise })),
    alpha: run?.results.agreement.alpha.value ?? null,
    noise: run?.results.noise?.share.value ?? null,
    measuredAt: run?.finishedAt ?? null,
  };
}
