import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { type ControlChange, compareLabelConfigs } from "#server/improve/labelling/config/compare-label-configs.ts";
import { parseLabelConfig } from "#server/improve/labelling/config/parse-label-config.ts";
import { publishGuideline } from "#server/improve/labelling/guidelines/publish-guideline.ts";
import { listTaskPredictions } from "#server/improve/labelling/predictions/queries.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { getLabelProject, listLabelProjects } from "#server/improve/labelling/projects/queries.ts";
import { updateLabelProject } from "#server/improve/labelling/projects/update-label-project.ts";
import { wantAnswers } from "#server/improve/labelling/projects/want-answers.ts";
import { nextLabelTask } from "#server/improve/labelling/queue/next-label-task.ts";
import { idOf, isOn, noMatch, noPage, orNoMatch, pageOf, queryOf } from "./arguments.ts";
import { objectOf } from "./body.ts";
import { labelStudioRoute, sendNothing } from "./route.ts";
import { givenShape, projectShape } from "./shapes.ts";

/** Projects on a page, if a client does not say how many. */
const defaultPageSize = 30;

export function projectRoutes(app: FastifyInstance): void {
  labelStudioRoute(app, "/api/projects", {
    GET: (ctx, request) => listProjects(ctx, request),
    POST: async (ctx, request, reply) => reply.code(201).send(projectShape(await createProject(ctx, request))),
  });
  labelStudioRoute(app, "/api/projects/:labelProject", {
    GET: async (ctx, request) => projectShape(await projectOf(ctx, request)),
    PATCH: async (ctx, request) => projectShape(await changeProject(ctx, request)),
    DELETE: async (ctx, request, reply) => {
      const { id } = await projectOf(ctx, request);
      await updateLabelProject(ctx, { projectId: id, state: "archived" });
      return sendNothing(reply);
    },
  });
  labelStudioRoute(app, "/api/projects/:labelProject/validate", {
    POST: async (ctx, request) => {
      const { config } = await projectOf(ctx, request);
      const after = configOf(objectOf(request).label_config, request);
      return { config_essential_data_has_changed: compareLabelConfigs(config, after.config).length > 0 };
    },
  });
  labelStudioRoute(app, "/api/projects/:labelProject/next", {
    GET: async (ctx, request) => {
      refuseSession(request);
      const { id, settings } = await projectOf(ctx, request);
      const { task, paused } = await nextLabelTask(ctx, { projectId: id });
      if (!task) throw new DomainError("not-found", paused ?? `There are no tasks for ${ctx.actor.name}.`);
      const isShown = settings.showPredictions && !task.isBlind;
      return givenShape(task, isShown ? await listTaskPredictions(ctx, [task.id]) : []);
    },
  });
}

/** A link that someone follows must not take a task for them, although it is a GET. @throws DomainError "unauthenticated" for a browser's session */
function refuseSession({ headers }: FastifyRequest): void {
  if (headers.authorization !== undefined || headers.cookie === undefined) return;
  throw new DomainError(
    "unauthenticated",
    "Browser sessions cannot request tasks here. Send a token: Authorization: Token lw_….",
  );
}

/** Finds the project of a path. An archived one is deleted for clients. @throws DomainError "not-found" */
export async function projectOf(ctx: Context, request: FastifyRequest): Promise<LabelProjectDetails> {
  return liveProject(ctx, idOf(request, "labelProject", "Project"));
}

/** The same by id. @throws DomainError "not-found" */
export async function liveProject(ctx: Context, projectId: number): Promise<LabelProjectDetails> {
  const project = await orNoMatch("Project", getLabelProject(ctx, projectId));
  if (project.state === "archived") throw noMatch("Project");
  return project;
}

async function listProjects(ctx: Context, request: FastifyRequest) {
  const { page, pageSize } = pageOf(queryOf(request), defaultPageSize);
  const all = await listLabelProjects(ctx);
  const start = (page - 1) * pageSize;
  if (start >= all.length && page > 1) throw noPage();
  const shown = all.slice(start, start + pageSize);
  const results = [];
  for (const { id } of shown) results.push(projectShape(await getLabelProject(ctx, id)));
  const link = (to: number) => {
    const url = new URL(request.originalUrl, `${request.protocol}://${request.host || "localhost"}`);
    url.searchParams.set("page", String(to));
    return url.href;
  };
  return {
    count: all.length,
    next: start + pageSize < all.length ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
    results,
  };
}

async function createProject(ctx: Context, request: FastifyRequest): Promise<LabelProjectDetails> {
  const sent = objectOf(request);
  const name = titleOf(sent.title);
  const answers = answersOf(sent.maximum_annotations);
  const { config, configText } = configOf(sent.label_config, request);
  const text = textOf(sent.expert_instruction, "expert_instruction");
  return createLabelProject(ctx, {
    name,
    description: textOf(sent.description, "description"),
    config,
    configText,
    ...(answers !== undefined && { settings: { minAnswers: answers, maxAnswers: answers } }),
    ...(text !== undefined && { guideline: { text } }),
  });
}

/** Changes what is sent; a new configuration or instruction is a version of the guidelines. */
async function changeProject(ctx: Context, request: FastifyRequest): Promise<LabelProjectDetails> {
  const sent = objectOf(request);
  const before = await projectOf(ctx, request);
  const projectId = before.id;
  const name = sent.title === undefined ? undefined : titleOf(sent.title);
  const description = textOf(sent.description, "description");
  const answers = answersOf(sent.maximum_annotations);
  const text = textOf(sent.expert_instruction, "expert_instruction");
  const changed = sent.label_config === undefined ? undefined : configOf(sent.label_config, request);
  return transact(ctx, async (ctx) => {
    if (name !== undefined || description !== undefined)
      await updateLabelProject(ctx, { projectId, name, description });
    if (answers !== undefined) await wantAnswers(ctx, { projectId, answers });
    const isOther = changed !== undefined && changed.configText !== before.configText;
    if (isOther || (text !== undefined && text !== before.guidelines.text)) {
      const reason = isOther ? reasonOf(compareLabelConfigs(before.config, changed.config)) : "";
      await publishGuideline(ctx, { projectId, text, reason, ...(isOther && changed) });
    }
    return getLabelProject(ctx, projectId);
  });
}

function reasonOf(changes: readonly ControlChange[]): string {
  const words = changes.map(({ control, change, added, renamed, removed }) => {
    if (change !== "classes") return `${control} ${change}`;
    return [
      ...(added.length > 0 ? [`${control}: added ${added.join(", ")}`] : []),
      ...renamed.map(({ from, to }) => `${control}: "${from}" is called "${to}"`),
      ...(removed.length > 0 ? [`${control}: removed ${removed.join(", ")}`] : []),
    ].join("; ");
  });
  return words.join("; ").slice(0, 2_000);
}

function titleOf(sent: unknown): string {
  const problem =
    typeof sent !== "string"
      ? "This field is required."
      : sent.trim().length < 3
        ? "Ensure this field has at least 3 characters."
        : undefined;
  if (problem !== undefined) throw new DomainError("invalid", problem, { field: "title" });
  return sent as string;
}

function textOf(sent: unknown, field: string): string | undefined {
  if (sent === undefined || sent === null) return undefined;
  if (typeof sent === "string") return sent;
  throw new DomainError("invalid", "Not a valid string.", { field });
}

function answersOf(sent: unknown): number | undefined {
  if (sent === undefined || sent === null) return undefined;
  if (typeof sent === "number" && Number.isInteger(sent) && sent >= 1 && sent <= 20) return sent;
  throw new DomainError("invalid", "A task takes 1 to 20 annotations.", { field: "maximum_annotations" });
}

function configOf(sent: unknown, request: FastifyRequest) {
  if (typeof sent !== "string" || sent.trim() === "") {
    throw new DomainError("invalid", "A project needs a labelling configuration.", { field: "label_config" });
  }
  const config = parseLabelConfig(sent, { keepUnknown: isOn(queryOf(request).keep_unknown) });
  return { config, configText: sent };
}
