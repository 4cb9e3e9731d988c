import { buffer } from "node:stream/consumers";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { shownSize } from "#server/serve/pipeline/codec.ts";
import { ShownFile, type ShownObject } from "../contract.ts";
import { shownFileKey } from "../tasks/shown-file-key.ts";

/** Pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

export type PictureFiles = Pick<ArtifactStore, "open">;

interface Shown {
  id: number;
  data: Readonly<Record<string, unknown>>;
}

/** Bytes that are read of a picture: what cameras write before the size fits. */
const headerBytes = 2 ** 18;
/** Files that are read at the same time. */
const parallel = 16;

/**
 * Finds the sizes of pictures beside which boxes are in percent: what a region of the task's current annotations or predictions says of it, else
 * the header of a picture that Leeway stores or that is in the data. Other addresses are not fetched.
 * @returns sizes by task; without those that nothing says
 */
export async function loadPictureSizes(
  ctx: Context,
  tasks: readonly Shown[],
  object: ShownObject,
  files: PictureFiles,
): Promise<Map<number, PictureSize>> {
  const sizes = await sizesOfRegions(ctx, tasks, object);
  const unsized = tasks.filter(({ id }) => !sizes.has(id)).values();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (const { id, data } of unsized) {
        const size = await sizeOfPicture(ctx, fieldOf(data, object.field), files);
        if (size) sizes.set(id, size);
      }
    }),
  );
  return sizes;
}

const SizeRow = z.object({ taskId: z.number(), width: z.number(), height: z.number() });

async function sizesOfRegions(ctx: Context, tasks: readonly Shown[], { name }: ShownObject) {
  const ids = sql.param(tasks.map(({ id }) => id));
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db.execute(sql`
    select distinct on (said.task_id) said.task_id as "taskId", (region ->> 'original_width')::float8 as width,
      (region ->> 'original_height')::float8 as height
    from (
      select task_id, id, 1 as place, result from label_answers
      where workspace_id = ${workspaceId} and task_id = any(${ids}::bigint[]) and superseded_at is null
      union all
      select task_id, id, 2, result from label_predictions
      where workspace_id = ${workspaceId} and task_id = any(${ids}::bigint[])
    ) as said
    cross join jsonb_array_elements(case jsonb_typeof(said.result) when 'array' then said.result end)
      with ordinality as one (region, at)
    where region ->> 'to_name' = ${name} and region @? '$.original_width ? (@ > 0 && @ < 1000000)'
      and region @? '$.original_height ? (@ > 0 && @ < 1000000)'
    order by said.task_id, said.place, said.id, one.at`);
  return new Map(rowsOf(SizeRow, rows).map(({ taskId, width, height }) => [taskId, { width, height }]));
}

async function sizeOfPicture(ctx: Context, shown: unknown, files: PictureFiles): Promise<PictureSize | undefined> {
  if (typeof shown === "string") {
    const [, base64] = /^data:image\/[a-z]+;base64,(.*)/s.exec(shown.slice(0, headerBytes)) ?? [];
    return base64 === undefined ? undefined : shownSize(Buffer.from(base64, "base64"));
  }
  const file = ShownFile.safeParse(shown);
  if (!file.success || file.data.sizeBytes < 1) return undefined;
  try {
    const key = shownFileKey(ctx.actor.workspaceId, file.data);
    if (key === undefined) return undefined;
    const end = Math.min(headerBytes, file.data.sizeBytes) - 1;
    return await shownSize(await buffer(await files.open(key, { start: 0, end })));
  } catch (error) {
    // It was deleted, or the task names a path that is none. When the storage fails, so does the export.
    if (error instanceof DomainError && ["not-found", "invalid"].includes(error.code)) return undefined;
    throw error;
  }
}
