import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import { record } from "#server/platform/audit/record.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { CountMove } from "../consensus/count-moves.ts";
import type { LabelSettings, LabelValue } from "../contract.ts";
import { findLiveLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { hashShare } from "../queue/hash-share.ts";
import { type AddedTasks, AddTasks, maxDataLength } from "./contract.ts";
import { keepShownFiles } from "./keep-shown-files.ts";
import { storeImports } from "./store-imports.ts";

type Task = ReturnType<typeof AddTasks.parse>["tasks"][number];

const AddedRow = z.object({ id: z.number(), item: z.string(), isNew: z.boolean() });

/**
 * Adds tasks to a project, with answers and predictions that come with them. An item that is there already stays as it is: adding the same
 * tasks again adds nothing. docs/spec/labelling.md section 1.3.
 * @param isDrawn whether Leeway drew those of the audit by chance @param golds labels of new tasks that become gold items, by item: each the value of an
 * answer that comes with the task @throws DomainError "not-found", "conflict" for an archived project, "invalid" for
 * an item that is listed twice, data that are too long, or a request that only Leeway may draw; "unavailable" while a file that the data name is being
 * deleted
 */
export async function addTasks(
  ctx: Context,
  input: AddTasks,
  { isDrawn = false, golds = new Map() }: { isDrawn?: boolean; golds?: ReadonlyMap<string, LabelValue> } = {},
): Promise<AddedTasks> {
  permit(ctx, "addTasks");
  if (golds.size > 0) permit(ctx, "setGold");
  const { projectId, tasks } = AddTasks.parse(input);
  if (!isDrawn) requireNoDraw(tasks);
  const result = await transact(ctx, async (ctx) => {
    const project = await findLiveLabelProject(ctx, projectId);
    const rows = tasks.map((task) => rowOfTask(task, project));
    requireDistinct(tasks);
    await keepShownFiles(
      ctx,
      tasks.map(({ data }) => data),
    );
    const found = await insert(ctx, project, rows);
    const byItem = new Map(found.map((row) => [row.item, row]));
    const ids = tasks.map(({ item }) => byItem.get(item)?.id ?? 0);
    const added = found.filter(({ isNew }) => isNew);
    const isNew = new Set(added.map(({ item }) => item));
    const moved = tasks
      .filter(({ item }) => isNew.has(item))
      .map(({ item, source }): CountMove => ({ source, from: null, to: golds.has(item) ? "settled" : "open" }));
    const stored = tasks.map((task, at) => {
      const isAdded = isNew.has(task.item);
      return { ...task, id: ids[at] ?? 0, isNew: isAdded, gold: isAdded ? golds.get(task.item) : undefined };
    });
    await storeImports(ctx, project, { tasks: stored, moved });
    if (added.length > 0) {
      await record(ctx, "label-tasks.added", {
        subject: `label-project/${project.name}`,
        after: { added: added.length, known: tasks.length - added.length },
      });
    }
    return { added: added.length, known: tasks.length - added.length, taskIds: ids };
  });
  announce(ctx, "labels", String(projectId));
  return result;
}

const selectionOf = ({ selection, source }: Task) => selection ?? (source === "audit" ? "audit" : "chosen");

/** Labels of drawn requests enter rates: requests that someone chose would bias them. */
function requireNoDraw(tasks: readonly Task[]): void {
  const drawn = tasks.find((task) => task.requestId !== undefined && selectionOf(task) === "audit");
  if (!drawn) return;
  const message = `Only Leeway draws logged requests for the random audit. Send "${drawn.item}" with the selection "chosen".`;
  throw new DomainError("invalid", message, { field: "tasks" });
}

function requireDistinct(tasks: readonly Task[]): void {
  const items = new Set<string>();
  for (const { item } of tasks) {
    if (items.has(item)) throw new DomainError("invalid", `The item "${item}" is listed twice.`, { field: "tasks" });
    items.add(item);
  }
}

/** The row of a task as JSON. */
function rowOfTask(task: Task, project: LabelProjectRow) {
  const data = JSON.stringify(task.data);
  if (data.length > maxDataLength) {
    const message = `The data of "${task.item}" have ${data.length} characters; at most ${maxDataLength} are possible. Store files as artifacts.`;
    throw new DomainError("invalid", message, { field: "tasks" });
  }
  const isAudit = task.source === "audit";
  const least = task.least ?? minAnswersOf(task.item, project);
  return [
    task.item,
    task.source,
    selectionOf(task),
    task.requestId ?? null,
    task.datasetVersionId ?? null,
    task.modelVersionId ?? null,
    data,
    task.meta ? JSON.stringify(task.meta) : null,
    task.reason,
    // The first tasks of the audit must be a random sample of it, whatever was labelled so far.
    isAudit ? auditRank(`${project.id} ${task.item}`) : task.rank,
    task.factors ? JSON.stringify(task.factors) : null,
    task.groupKey ?? null,
    task.probabilities ? JSON.stringify(task.probabilities) : null,
    least,
  ] as const;
}

/** Answers that a task takes at least, besides what the project says: of a share of them, by hash, two, so that agreement is measured. */
function minAnswersOf(item: string, { id, settings }: { id: number; settings: LabelSettings }): number {
  if (settings.maxAnswers < 2) return 1;
  return hashShare(`overlap ${id} ${item}`) < settings.overlapShare ? 2 : 1;
}

/** Rank of a task of the audit: that of a priority drawn evenly from 0 to 1, by hash. */
const auditRank = (text: string) => -Math.log(Math.max(hashShare(`audit ${text}`), 1e-6));

async function insert(
  ctx: Context,
  { id: projectId, settings: { minAnswers } }: LabelProjectRow,
  rows: readonly ReturnType<typeof rowOfTask>[],
) {
  const column = (at: number) => sql.param(rows.map((row) => row[at]));
  const items = column(0);
  const inserted = await ctx.db.execute(sql`
    insert into label_tasks (
      workspace_id, project_id, item, source, selection, request_id, dataset_version_id, model_version_id, data, meta, reason, rank,
      factors, group_key, probabilities, least, wanted
    )
    select ${ctx.actor.workspaceId}, ${projectId}, item, source, selection, request_id, dataset_version_id, model_version_id, data, meta,
      reason, rank, factors, group_key, probabilities, least, greatest(least, ${minAnswers}::smallint)
    from unnest(
      ${items}::text[], ${column(1)}::text[], ${column(2)}::text[], ${column(3)}::text[], ${column(4)}::uuid[], ${column(5)}::uuid[],
      ${column(6)}::jsonb[], ${column(7)}::jsonb[], ${column(8)}::text[], ${column(9)}::float8[], ${column(10)}::jsonb[],
      ${column(11)}::text[], ${column(12)}::jsonb[], ${column(13)}::smallint[]
    ) as task (
      item, source, selection, request_id, dataset_version_id, model_version_id, data, meta, reason, rank, factors, group_key,
      probabilities, least
    )
    on conflict (project_id, item) do nothing
    returning id, item, true as "isNew"`);
  const added = rowsLikeFirst(AddedRow, inserted);
  if (added.length === rows.length) return added;
  // A second statement, since the first does not see what others added meanwhile.
  const all = await ctx.db.execute(sql`
    select id, item, false as "isNew" from label_tasks
    where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and item = any(${items}::text[])`);
  const isNew = new Set(added.map(({ id }) => id));
  return [...added, ...rowsLikeFirst(AddedRow, all).filter(({ id }) => !isNew.has(id))];
}
