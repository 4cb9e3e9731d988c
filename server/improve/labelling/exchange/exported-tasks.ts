import { and, asc, eq, exists, gt, inArray, isNull, not, sql } from "drizzle-orm";
import { labelAnswers, labelConsensus, labelGolds, labelPredictions, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { LabelConfig, LabelValue, Region } from "../contract.ts";
import { writeRegions } from "../regions/write-regions.ts";
import type { ExportedLabel, ExportedPrediction, ExportedTask } from "./formats/exported-task.ts";
import type { People } from "./people.ts";
import { loadPictureSizes, type PictureFiles, type PictureSize } from "./picture-sizes.ts";

export interface Selection {
  projectId: number;
  /** Tasks without a label too. */
  all: boolean;
  /** The consensus of each task in place of its annotations. Gold items are left out, because they measure people. */
  isConsensus: boolean;
}

const pageSize = 1_000;

/** Yields the tasks of a project with their labels and predictions, page by page in the order of ids. */
export async function* exportedTasks(
  ctx: Context,
  { projectId, all, isConsensus }: Selection,
  config: LabelConfig,
  { people, files }: { people: People; files: PictureFiles },
): AsyncGenerator<ExportedTask[]> {
  const boxed = config.controls.find(({ kind }) => kind === "boxes");
  const object = boxed && config.objects.find(({ name }) => name === boxed.toName);
  const ofTask = (table: typeof labelAnswers | typeof labelConsensus) =>
    exists(
      ctx.db
        .select({ one: sql`1` })
        .from(table)
        .where(and(eq(table.taskId, labelTasks.id), isNull(table.supersededAt))),
    );
  const isGold = exists(
    ctx.db
      .select({ one: sql`1` })
      .from(labelGolds)
      .where(and(eq(labelGolds.taskId, labelTasks.id), eq(labelGolds.isEnabled, true))),
  );
  for (let after = 0; ; ) {
    const tasks = await ctx.db
      .select({
        id: labelTasks.id,
        data: labelTasks.data,
        meta: labelTasks.meta,
        createdAt: labelTasks.createdAt,
        updatedAt: labelTasks.updatedAt,
      })
      .from(labelTasks)
      .where(
        and(
          eq(labelTasks.workspaceId, ctx.actor.workspaceId),
          eq(labelTasks.projectId, projectId),
          gt(labelTasks.id, after),
          all ? undefined : ofTask(isConsensus ? labelConsensus : labelAnswers),
          isConsensus ? not(isGold) : undefined,
        ),
      )
      .orderBy(asc(labelTasks.id))
      .limit(pageSize);
    const last = tasks.at(-1);
    if (!last) return;
    const ids = tasks.map(({ id }) => id);
    const [labels, predictions] = await Promise.all([
      isConsensus ? consensusOf(ctx, ids) : answersOf(ctx, ids, people),
      isConsensus ? new Map<number, ExportedPrediction[]>() : predictionsOf(ctx, ids),
    ]);
    const unsized = object ? tasks.filter(({ id }) => labels.get(id)?.some(isUnsized)) : [];
    const sizes = object && (await loadPictureSizes(ctx, unsized, object, files));
    yield tasks.map(({ meta, ...task }) => {
      const picture = sizes?.get(task.id);
      return {
        ...task,
        meta: meta ?? {},
        picture,
        labels: (labels.get(task.id) ?? []).map((label) => withRegions(label, task.data, config, picture)),
        predictions: predictions.get(task.id) ?? [],
      };
    });
    if (tasks.length < pageSize) return;
    after = last.id;
  }
}

type UnwrittenLabel = Omit<ExportedLabel, "result"> & { result: Region[] | null };

/** Whether a label may have boxes, and says no size of their picture. */
const isUnsized = ({ value, result }: UnwrittenLabel) =>
  value !== null && !result?.some(({ original_width }) => typeof original_width === "number");

/** Writes the regions of a label that was given in Leeway. */
function withRegions(
  label: UnwrittenLabel,
  data: Record<string, unknown>,
  config: LabelConfig,
  picture: PictureSize | undefined,
): ExportedLabel {
  return { ...label, result: label.result ?? regionsOf(label.value, data, config, picture) };
}

/** Returns the regions that say a value, about the first control. @param picture its size, where it is known */
export function regionsOf(
  value: LabelValue | null,
  data: Record<string, unknown>,
  config: LabelConfig,
  picture?: PictureSize,
): Region[] {
  const [control] = config.controls;
  if (!control || !value || value.kind !== control.kind) return [];
  const object = config.objects.find(({ name }) => name === control.toName);
  const shown = object && fieldOf(data, object.field);
  return writeRegions(control, value, { text: typeof shown === "string" ? shown : undefined, picture });
}

async function answersOf(ctx: Context, ids: number[], people: People): Promise<Map<number, UnwrittenLabel[]>> {
  const rows = await ctx.db
    .select({
      id: labelAnswers.id,
      taskId: labelAnswers.taskId,
      person: labelAnswers.person,
      value: labelAnswers.value,
      cannotTell: labelAnswers.cannotTell,
      result: labelAnswers.result,
      spentMs: labelAnswers.spentMs,
      createdAt: labelAnswers.createdAt,
      updatedAt: labelAnswers.updatedAt,
    })
    .from(labelAnswers)
    .where(
      and(
        eq(labelAnswers.workspaceId, ctx.actor.workspaceId),
        inArray(labelAnswers.taskId, ids),
        isNull(labelAnswers.supersededAt),
      ),
    )
    .orderBy(asc(labelAnswers.taskId), asc(labelAnswers.id));
  return grouped(
    rows.map(({ person, spentMs, ...row }) => ({
      ...row,
      annotator: people.annotator(person),
      leadTime: spentMs === null ? null : spentMs / 1000,
    })),
  );
}

async function consensusOf(ctx: Context, ids: number[]): Promise<Map<number, UnwrittenLabel[]>> {
  const rows = await ctx.db
    .select()
    .from(labelConsensus)
    .where(
      and(
        eq(labelConsensus.workspaceId, ctx.actor.workspaceId),
        inArray(labelConsensus.taskId, ids),
        isNull(labelConsensus.supersededAt),
      ),
    )
    .orderBy(asc(labelConsensus.taskId));
  return grouped(
    rows.map(({ taskId, value, createdAt, posterior, people, guideline, method }) => ({
      taskId,
      result: null,
      value,
      cannotTell: false,
      leadTime: null,
      createdAt,
      updatedAt: createdAt,
      consensus: { posterior, people, guideline, method },
    })),
  );
}

async function predictionsOf(ctx: Context, ids: number[]): Promise<Map<number, ExportedPrediction[]>> {
  const rows = await ctx.db
    .select({
      id: labelPredictions.id,
      taskId: labelPredictions.taskId,
      result: labelPredictions.result,
      score: labelPredictions.score,
      modelVersion: labelPredictions.modelVersion,
      createdAt: labelPredictions.createdAt,
    })
    .from(labelPredictions)
    .where(and(eq(labelPredictions.workspaceId, ctx.actor.workspaceId), inArray(labelPredictions.taskId, ids)))
    .orderBy(asc(labelPredictions.taskId), asc(labelPredictions.id));
  return grouped(rows);
}

function grouped<Row extends { taskId: number }>(rows: Row[]): Map<number, Omit<Row, "taskId">[]> {
  const groups = new Map<number, Omit<Row, "taskId">[]>();
  for (const { taskId, ...row } of rows) {
    const group = groups.get(taskId);
    if (group) group.push(row);
    else groups.set(taskId, [row]);
  }
  return groups;
}
