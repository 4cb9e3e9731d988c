import { and, eq, ne, sql } from "drizzle-orm";
import { labelProjects } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { LabelSettings } from "../contract.ts";
import { type LabelProjectDetails, UpdateLabelProject } from "./contract.ts";
import { checkSettings, requireFreeName } from "./create-label-project.ts";
import { noLabelProject } from "./find-label-project.ts";
import { loadLabelProject } from "./queries.ts";

/**
 * Changes name, settings or state of a label project. New settings hold for the next answers and tasks. A paused project gives out no tasks
 * and still takes answers; an archived one does neither, and its name is free.
 * @throws DomainError "not-found", "invalid", "conflict" for a name that is used
 */
export async function updateLabelProject(ctx: Context, input: UpdateLabelProject): Promise<LabelProjectDetails> {
  permit(ctx, "updateLabelProject");
  const { projectId, settings, endpoint: endpointName, ...values } = UpdateLabelProject.parse(input);
  return transact(ctx, async (ctx) => {
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
    await publish(ctx, "labels", String(projectId));
    return loadLabelProject(ctx, projectId);
  });
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
