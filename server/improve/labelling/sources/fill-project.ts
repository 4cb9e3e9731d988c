import { and, eq, sql } from "drizzle-orm";
import { labelProjects } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LabelConfig, type LogSource } from "../contract.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { hashShare } from "../queue/hash-share.ts";
import { findFinishedRun } from "../runs/queries.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import type { NewTask } from "../tasks/contract.ts";
import { auditShare, firstDayShare, type LogPage } from "./audit-share.ts";
import { type ChosenQueue, chooseQueue, weightOf } from "./choose-queue.ts";
import { classNamesOf } from "./class-names-of.ts";
import { probabilitiesOf } from "./probabilities-of.ts";
import type { AuditDay, LabelProgress, LogPlace } from "./progress.ts";
import { type DriftOf, readDrift } from "./read-drift.ts";
import { countSampled, type LoggedRequest, readLog, readOtherAnswers } from "./read-log.ts";
import { type ShownRequest, shownData, shownRow } from "./shown-data.ts";
import { storeShownFiles } from "./store-shown-files.ts";

/** Pages of the log that one round reads for a project: the others wait for their turn. */
const maxPages = 4;

type Project = LabelProjectRow & { endpointId: string };

interface Candidate extends ShownRequest {
  request: LoggedRequest;
  probabilities: number[] | null;
  queue: ChosenQueue;
}

/**
 * Adds tasks from the prediction log of a project's endpoint, from where the last round ended. The tasks of a page and the place after it are
 * one transaction: a crash before it repeats the page, and files and tasks are the same then. A new project starts with the last day.
 * @returns how many tasks were added
 */
export async function fillProject(
  ctx: Context,
  projectId: number,
  { artifacts, now }: { artifacts: Pick<ArtifactStore, "put">; now: number },
): Promise<number> {
  permit(ctx, "fillProject");
  const found = await findLabelProject(ctx, projectId);
  if (found.state !== "active" || found.endpointId === null || found.settings.queues.length === 0) return 0;
  const project = { ...found, endpointId: found.endpointId };
  // Only what this round reads and writes: exports of the project are noted meanwhile.
  const progress: Pick<LabelProgress, "log" | "audit"> = {
    log: project.progress?.log,
    audit: project.progress?.audit,
  };
  let added = 0;
  for (let page = 0; page < maxPages; page += 1) {
    const place: LogPlace = progress.log ?? {
      at: String((now - dayMs) * 1000),
      id: "00000000-0000-0000-0000-000000000000",
    };
    const { requests, after, isEnd, page } = await readLog(ctx, project.endpointId, place);
    if (page) progress.audit = await auditOf(ctx, project, page, progress.audit);
    const tasks = await tasksOf(ctx, project, requests, { audit: progress.audit?.share ?? 0, artifacts });
    progress.log = after;
    added += await addPage(ctx, project.id, tasks, progress);
    if (isEnd) break;
  }
  if (added > 0) announce(ctx, "labels", String(projectId));
  return added;
}

function addPage(
  ctx: Context,
  projectId: number,
  tasks: NewTask[],
  progress: Pick<LabelProgress, "log" | "audit">,
): Promise<number> {
  return transact(ctx, async (ctx) => {
    const { added } = tasks.length > 0 ? await addTasks(ctx, { projectId, tasks }, { isDrawn: true }) : { added: 0 };
    await ctx.db
      .update(labelProjects)
      .set({ progress: sql`coalesce(${labelProjects.progress}, '{}') || ${JSON.stringify(progress)}::jsonb` })
      .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, projectId)));
    return added;
  });
}

/** Share of the audit on the day of a page: from the days before it, or from its own requests while there is no complete day of them. */
async function auditOf(
  ctx: Context,
  { endpointId, settings: { auditPerDay } }: Project,
  page: LogPage,
  known: AuditDay | undefined,
): Promise<AuditDay> {
  const date = new Date(page.from).toISOString().slice(0, "2026-01-01".length);
  if (known?.date === date && !known.start) return known;
  const midnight = new Date(`${date}T00:00:00Z`);
  // A day that began without a complete one before stays so.
  const { requests, first } = known?.date === date ? noneBefore : await countSampled(ctx, endpointId, midnight);
  const covered = first === null ? 0 : midnight.getTime() - first;
  if (covered >= dayMs) return { date, share: auditShare(auditPerDay, { covered, requests }) };
  return { date, ...firstDayShare(auditPerDay, page, known?.start) };
}

const noneBefore = { requests: 0, first: null };

async function tasksOf(
  ctx: Context,
  project: Project,
  requests: readonly LoggedRequest[],
  { audit, artifacts }: { audit: number; artifacts: Pick<ArtifactStore, "put"> },
): Promise<NewTask[]> {
  const candidates = await candidatesOf(ctx, project, requests, audit);
  const files = await storeShownFiles(
    ctx,
    artifacts,
    candidates.flatMap((one) => one.files),
  );
  return candidates.map(({ request, queue, data, groupKey, probabilities, files: own }): NewTask => {
    // What the model takes, where the task shows something else of it: a dataset of labels is to evaluate models.
    const inputs = Object.values(data).some((value) => typeof value === "object") ? null : inputsOf(request);
    const shown = Object.fromEntries(own.map(({ field, sha256 }) => [field, files.get(sha256)]));
    return {
      item: request.requestId,
      requestId: request.requestId,
      modelVersionId: request.versionId,
      data: { ...data, ...shown },
      ...(inputs && { meta: { inputs } }),
      groupKey,
      ...queue,
      ...(probabilities && { probabilities }),
    };
  });
}

function inputsOf({ inputs }: LoggedRequest): Record<string, unknown> | null {
  const row = shownRow(inputs ?? []);
  return Object.keys(row).length > 0 ? row : null;
}

async function candidatesOf(
  ctx: Context,
  project: Project,
  requests: readonly LoggedRequest[],
  audit: number,
): Promise<Candidate[]> {
  const { settings, endpointId } = project;
  const { objects, controls } = LabelConfig.parse(project.config);
  const classes = controls[0]?.classes.map(({ name }) => name) ?? [];
  const shown = requests.flatMap((request) => {
    const one = shownData(objects, request.inputs);
    return one ? [{ ...one, request }] : [];
  });
  // A request id that several requests have is one item.
  const distinct = [...new Map(shown.toReversed().map((one) => [one.request.requestId, one])).values()].reverse();
  const versionIds = [...new Set(distinct.map(({ request }) => request.versionId))];
  const [labels, others, twins, open, noise] = [
    await classNamesOf(ctx, versionIds),
    await readOtherAnswers(
      ctx,
      endpointId,
      distinct.map(({ request }) => request),
    ),
    await countTwins(
      ctx,
      project.id,
      distinct.map(({ groupKey }) => groupKey),
    ),
    await countOpen(ctx, project.id),
    await classNoise(ctx, project.id, classes),
  ];
  const driftOf = new Map<string, DriftOf>();
  for (const versionId of versionIds) driftOf.set(versionId, await readDrift(ctx, { endpointId, versionId }));
  return distinct.flatMap((one): Candidate[] => {
    const { request, data, groupKey } = one;
    const probabilities = probabilitiesOf(request, classes, labels.get(request.versionId));
    const queue = chooseQueue(
      {
        ...request,
        probabilities,
        others: others.get(request.requestId) ?? [],
        classNoise: noise,
        drift: driftOf.get(request.versionId)?.(shownRow(request.inputs ?? [])) ?? [],
        weight: weightOf(data, settings),
        twins: twins.get(groupKey) ?? 0,
      },
      settings,
      hashShare(`draw ${project.id} ${request.requestId}`) < audit,
    );
    if (!queue) return [];
    const number = open.get(queue.source) ?? 0;
    // The audit is never full: leaving requests out for what came before them would no longer be chance.
    if (queue.source !== "audit" && number >= settings.maxOpen) return [];
    open.set(queue.source, number + 1);
    twins.set(groupKey, (twins.get(groupKey) ?? 0) + 1);
    return [{ ...one, probabilities, queue }];
  });
}

async function countTwins(ctx: Context, projectId: number, groupKeys: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await ctx.db.execute<{ key: string; count: number }>(sql`
    select group_key as key, count(*)::float8 as count from label_tasks
    where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and state = 'open'
      and group_key in (select jsonb_array_elements_text(${JSON.stringify([...new Set(groupKeys)])}::jsonb))
    group by 1`);
  return new Map(rows.map(({ key, count }) => [key, count]));
}

async function countOpen(ctx: Context, projectId: number): Promise<Map<LogSource, number>> {
  const { rows } = await ctx.db.execute<{ source: LogSource; count: number }>(sql`
    select source, sum(count)::float8 as count from label_task_counts
    where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and state = 'open' group by 1`);
  return new Map(rows.map(({ source, count }) => [source, count]));
}

/** By class of the project, the share of its labels that the newest run puts into others. */
async function classNoise(ctx: Context, projectId: number, classes: readonly string[]): Promise<number[]> {
  const run = await findFinishedRun(ctx, projectId);
  const noise = new Map(run?.results.byClass.map((one) => [one.name, one.noise ?? 0]));
  return classes.map((name) => noise.get(name) ?? 0);
}
