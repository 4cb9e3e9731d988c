import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { rowKey, rowKeyer } from "../sources/row-key.ts";

/** Rows of training data that are read at most, for all versions together. */
const maxRows = 3_000_000;

interface ShownTask {
  taskId: number;
  modelVersionId: string | null;
  /** Rows that the task shows, by field. */
  data: Record<string, unknown>;
}

const TrainingFile = z.object({
  modelVersionId: z.string(),
  artifactKey: z.string(),
  format: z.string(),
  rows: z.coerce.number(),
});

/**
 * Finds the tasks whose row is in the training data of the model version that gave their probabilities, by the hash of the row over the
 * columns that the task shows. Only rows are compared: pictures and texts are not, and neither is training data that Leeway has not read.
 * @returns ids of tasks
 */
export async function findTrainingTasks(
  ctx: Context,
  tasks: readonly ShownTask[],
  store: Pick<ArtifactStore, "open" | "stat">,
): Promise<Set<number>> {
  const found = new Set<number>();
  const byVersion = Map.groupBy(
    tasks.filter(({ modelVersionId }) => modelVersionId !== null),
    ({ modelVersionId }) => modelVersionId as string,
  );
  let read = 0;
  for (const file of await trainingFiles(ctx, [...byVersion.keys()])) {
    read += file.rows;
    if (read > maxRows) break;
    await markFound(file, byVersion.get(file.modelVersionId) ?? [], store, found);
  }
  return found;
}

async function trainingFiles(ctx: Context, versionIds: readonly string[]) {
  if (versionIds.length === 0) return [];
  const result = await ctx.db.execute(sql`
    select distinct version.id::text as "modelVersionId", file.artifact_key as "artifactKey", file.format, file.rows::float8 as rows
    from model_versions as version
    join run_datasets as used on used.run_id = version.run_id
    join datasets as named on named.id = used.dataset_id and named.workspace_id = version.workspace_id
    join dataset_versions as file on file.workspace_id = version.workspace_id and file.name = named.name and file.digest = named.digest
    where version.workspace_id = ${ctx.actor.workspaceId}
      and version.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(versionIds)}::jsonb))
      and coalesce((select tag->>'value' from jsonb_array_elements(used.tags::jsonb) as tag
        where tag->>'key' = 'mlflow.data.context' limit 1), 'training') ilike 'train%'
    order by rows`);
  return rowsOf(TrainingFile, result);
}

async function markFound(
  file: z.infer<typeof TrainingFile>,
  tasks: readonly ShownTask[],
  store: Pick<ArtifactStore, "open" | "stat">,
  found: Set<number>,
): Promise<void> {
  const wanted = new Map<string, Map<string, number[]>>();
  for (const { taskId, data } of tasks) {
    for (const value of Object.values(data)) {
      if (value === null || typeof value !== "object" || Array.isArray(value) || "artifact" in value) continue;
      const row = value as Record<string, unknown>;
      const columns = JSON.stringify(Object.keys(row).sort());
      const keys = wanted.get(columns) ?? new Map<string, number[]>();
      wanted.set(columns, keys);
      const key = rowKey(row);
      keys.set(key, [...(keys.get(key) ?? []), taskId]);
    }
  }
  if (wanted.size === 0) return;
  try {
    const table = await openTable(store as ArtifactStore, file);
    const compared = [...wanted].flatMap(([columns, keys]) => {
      const chosen = JSON.parse(columns) as string[];
      if (!chosen.every((name) => table.columns.includes(name))) return [];
      return [{ keys, keyOf: rowKeyer(table.columns, chosen) }];
    });
    for await (const { values } of compared.length > 0 ? table.rows : []) {
      for (const { keys, keyOf } of compared) for (const taskId of keys.get(keyOf(values)) ?? []) found.add(taskId);
    }
  } catch (error) {
    // A file that can no longer be read says nothing of the tasks.
    if (!(error instanceof UnreadableFile)) throw error;
  }
}
