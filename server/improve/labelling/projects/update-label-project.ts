import { and, eq, gt, ne, sql } from "drizzle-orm";
import { labelProjects, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { decideFirst, requestDecisions } from "../consensus/decide-again.ts";
import { LabelSettings } from "../contract.ts";
import { type LabelProjectDetails, UpdateLabelProject } from "./contract.ts";
import { checkSettings, requireFreeName } from "./create-label-project.ts";
import { noLabelProject } from "./find-label-project.ts";
import { getLabelProject, loadLabelProject } from "./queries.ts";

/** Settings by which tasks are decided. */
const decisive = ["stop", "minAnswers", "maxAnswers", "modelVotes"] as const;

/**
 * Changes name, settings or state of a label project. Where settings decide otherwise, open tasks with answers are decided again: the first at once,
 * the others in a job. What is settled stays. A paused project gives out no tasks
 * and still takes answers; an archived one does neither, and its name is free.
 * @throws DomainError "not-found", "invalid", "conflict" for a name that is used
 */
export async function updateLabelProject(ctx: Context, input: UpdateLabelProject): Promise<LabelProjectDetails> {
  permit(ctx, "updateLabelProject");
  const { projectId, settings, endpoint: endpointName, ...values } = UpdateLabelProject.parse(input);
  const { updated, roundId } = await transact(ctx, async (ctx) => {
    const isProject = and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, projectId));
    const [before] = await ctx.db.select().from(labelProjects).where(isProject).for("no key update");
    if (!before) throw noLabelProject();
    const changed = { ...before.settings, ...settings };
    checkSettings(LabelSettings.parse(changed));
    const state = values.state ?? before.state;
    const name = values.name ?? before.name;
    if (state !== "archived") await requireFreeName(ctx, name, ne(labelProjects.id, projectId));
    const endpoint = endpointName ? await findEndpoint(ctx, endpointName) : null;
    const endpointId = endpointName === undefined ? before.endpointId : (endpoint?.id ?? null);
    const description = values.description ?? before.description;
    const after = { name, description, state, endpointId, settings: changed };
    await ctx.db
      .update(labelProjects)
      .set({ ...after, updatedAt: sql`now()` })
      .where(isProject);
    await record(ctx, actionOf(before.state, state), {
      subject: `label-project/${before.name}`,
      before: differing(before, after),
      after: differing(after, before),
    });
    const roundId = await follow(ctx, projectId, [LabelSettings.parse(before.settings), LabelSettings.parse(changed)]);
    await publish(ctx, "labels", String(projectId));
    return { updated: await loadLabelProject(ctx, projectId), roundId };
  });
  if (roundId === null) return updated;
  await decideFirst(ctx, projectId, roundId);
  return getLabelProject(ctx, projectId);
}

/** Has tasks follow settings that changed. @returns the round of decisions; null where none changes */
async function follow(
  ctx: Context,
  projectId: number,
  [before, after]: readonly [LabelSettings, LabelSettings],
): Promise<string | null> {
  if (decisive.every((name) => before[name] === after[name])) return null;
  const { minAnswers, maxAnswers } = after;
  if (minAnswers === maxAnswers) await enqueue(ctx, "want-label-answers", { projectId, answers: minAnswers });
  const isAnswered = and(
    eq(labelTasks.workspaceId, ctx.actor.workspaceId),
    eq(labelTasks.projectId, projectId),
    eq(labelTasks.state, "open"),
    gt(labelTasks.answers, 0),
  );
  const total = await ctx.db.$count(labelTasks, isAnswered);
  return total === 0 ? null : requestDecisions(ctx, projectId, { person: null, total });
}

type State = (typeof labelProjects.$inferSelect)["state"];

function actionOf(before: State, after: State): string {
  if (before === after) return "label-project.updated";
  if (after === "active") return "label-project.resumed";
  return after === "paused" ? "label-project.paused" : "label-project.archived";
}

/** Fields of one that the other has otherwise. */
function differing(one: object, other: object): object {
  const others = new Map(Object.entries(other));
  return Object.fromEntries(
    Object.entries(one).filter(
      ([key, value]) => others.has(key) && JSON.stringify(value) !== JSON.stringify(others.get(key)),
    ),
  );
}
