import { and, desc, eq } from "drizzle-orm";
import { z } from "zod";
import { endpoints, labelProjects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LabelConfig } from "../contract.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { classNamesOf } from "./class-names-of.ts";
import { probabilitiesOf } from "./probabilities-of.ts";
import { findLogged } from "./read-log.ts";
import { shownData } from "./shown-data.ts";
import { storeShownFiles } from "./store-shown-files.ts";

export const SendToLabels = z.object({ endpointId: z.uuid(), requestId: z.string().min(1).max(256) });
export type SendToLabels = z.input<typeof SendToLabels>;

/** What someone sends is looked at before what was chosen by numbers. */
const firstRank = -Math.log(100);

/**
 * Makes a task of a logged request in the queue "From the playground" of the newest active project that labels its endpoint. A request that has a task
 * keeps it.
 * @throws DomainError "not-found" for a request that is not in the log, "conflict" where no project labels the endpoint, "invalid" where the
 * log does not have what the project shows
 */
export async function sendToLabels(
  ctx: Context,
  input: SendToLabels,
  artifacts: Pick<ArtifactStore, "put">,
): Promise<{ projectId: number; project: string; taskId: number; isNew: boolean }> {
  permit(ctx, "sendToLabels");
  const { endpointId, requestId } = SendToLabels.parse(input);
  const project = await findProject(ctx, endpointId);
  const request = await findLogged(ctx, endpointId, requestId);
  if (!request) throw new DomainError("not-found", "The prediction log no longer has this request.");
  const { objects, controls } = LabelConfig.parse(project.config);
  const shown = shownData(objects, request.inputs);
  if (!shown) {
    const message = `The prediction log does not have what "${project.name}" shows: it was redacted, or too large to keep.`;
    throw new DomainError("invalid", message);
  }
  const files = await storeShownFiles(ctx, artifacts, shown.files);
  const own = Object.fromEntries(shown.files.map(({ field, sha256 }) => [field, files.get(sha256)]));
  const labels = (await classNamesOf(ctx, [request.versionId])).get(request.versionId);
  const probabilities = probabilitiesOf(request, controls[0]?.classes.map(({ name }) => name) ?? [], labels);
  const { added, taskIds } = await addTasks(ctx, {
    projectId: project.id,
    tasks: [
      {
        item: requestId,
        requestId,
        modelVersionId: request.versionId,
        data: { ...shown.data, ...own },
        groupKey: shown.groupKey,
        source: "playground",
        rank: firstRank,
        reason: `Sent by ${ctx.actor.name}.`.slice(0, 1000),
        ...(probabilities && { probabilities }),
      },
    ],
  });
  return { projectId: project.id, project: project.name, taskId: taskIds[0] ?? 0, isNew: added === 1 };
}

async function findProject(ctx: Context, endpointId: string) {
  const { workspaceId } = ctx.actor;
  const [project] = await ctx.db
    .select()
    .from(labelProjects)
    .where(
      and(
        eq(labelProjects.workspaceId, workspaceId),
        eq(labelProjects.endpointId, endpointId),
        eq(labelProjects.state, "active"),
      ),
    )
    .orderBy(desc(labelProjects.id))
    .limit(1);
  if (project) return project;
  const [endpoint] = await ctx.db
    .select({ name: endpoints.name })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, workspaceId), eq(endpoints.id, endpointId)));
  if (!endpoint) throw new DomainError("not-found", "Endpoint not found.");
  throw new DomainError("conflict", `No active label project labels "${endpoint.name}". Create one under Labels.`);
}
