import { Readable } from "node:stream";
import { and, eq, inArray } from "drizzle-orm";
import { datasetVersions, evaluationSets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { UploadProblem } from "#server/develop/datasets/contract.ts";
import { openColumns } from "#server/develop/datasets/rows/open-table.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { announceUpload, endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { EvaluationSetDefinition } from "../contract.ts";
import { packColumns } from "../rows/pack-columns.ts";
import { readSetRows } from "./read-set-rows.ts";

type Row = typeof evaluationSets.$inferSelect;

/**
 * Reads the rows of a new set, and stores its labels and segments column by column. A repeated run starts from the beginning; for a finished set
 * it does nothing. Rows that cannot be used are an outcome; any other failure is thrown, to be retried.
 */
export async function freezeEvaluationSet(ctx: Context, setId: string, store: ArtifactStore): Promise<void> {
  permit(ctx, "freezeEvaluationSet");
  const [set] = await ctx.db
    .update(evaluationSets)
    .set({ state: "running", rowsRead: 0 })
    .where(isUnread(ctx, setId))
    .returning();
  if (!set) return;
  await publish(ctx, "evaluation", setId);
  const found = await read(ctx, set, store);
  if ("message" in found) return fail(ctx, setId, found);
  const key = artifactKey(ctx.actor.workspaceId, ["evaluation-sets", setId, "rows.columns"]);
  const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
  const stored = await store.put(key, Readable.from([packColumns(found.rows)]));
  await transact(ctx, async (ctx) => {
    await endUpload(ctx, upload, stored);
    await ctx.db
      .update(evaluationSets)
      .set({
        state: "ready",
        facts: found.facts,
        rowsRead: found.facts.rows,
        rowsKey: key,
        problem: null,
        finishedAt: new Date(),
      })
      .where(isUnread(ctx, setId));
    await publish(ctx, "evaluation", setId);
  });
}

/** Ends a set after its last attempt. */
export async function markEvaluationSetFailed(
  ctx: Context,
  { setId, reason }: JobData["give-up-evaluation-set"],
): Promise<void> {
  permit(ctx, "markEvaluationSetFailed");
  await fail(ctx, setId, { message: `Reading the rows failed repeatedly. ${reason} Create the set again.` });
}

async function read(ctx: Context, set: Row, store: ArtifactStore) {
  const [dataset] = await ctx.db.select().from(datasetVersions).where(eq(datasetVersions.id, set.datasetVersionId));
  if (!dataset) return { message: "The version of the dataset no longer exists." } satisfies UploadProblem;
  try {
    const table = await openColumns(store, dataset);
    return await readSetRows(table, EvaluationSetDefinition.parse(set.definition), dataset.rows, async (rowsRead) => {
      await ctx.db.update(evaluationSets).set({ rowsRead }).where(isUnread(ctx, set.id));
      await publish(ctx, "evaluation", set.id);
    });
  } catch (error) {
    if (error instanceof UnreadableFile) {
      const { message, line, column } = error;
      return {
        message,
        ...(line !== undefined && { line }),
        ...(column !== undefined && { column }),
      } satisfies UploadProblem;
    }
    if (!(error instanceof DomainError) || error.code === "unavailable") throw error;
    return { message: error.message } satisfies UploadProblem;
  }
}

async function fail(ctx: Context, setId: string, problem: UploadProblem): Promise<void> {
  await ctx.db
    .update(evaluationSets)
    .set({ state: "failed", problem, finishedAt: new Date() })
    .where(isUnread(ctx, setId));
  await publish(ctx, "evaluation", setId);
}

function isUnread(ctx: Context, setId: string) {
  return and(
    eq(evaluationSets.workspaceId, ctx.actor.workspaceId),
    eq(evaluationSets.id, setId),
    inArray(evaluationSets.state, ["waiting", "running"]),
  );
}
