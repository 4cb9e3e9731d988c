import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { inferenceTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { recordFile } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ClaimedTask } from "./claim-tasks.ts";
import { maxInlineBytes } from "./contract.ts";
import type { StoredResult } from "./end-task.ts";

interface StoredOutput {
  /** Key of the file that stores it when it is too large for a row. */
  key: string;
  body: Buffer;
  headerLength: number | null;
}

/**
 * Stores a large response in a file. Its key is written to the row first, so that the file is found and removed in any case. Small
 * ones are stored with the row.
 * @throws DomainError "conflict" when this gateway no longer owns the task
 */
export async function keepResult(
  ctx: Context,
  { id, lease }: Pick<ClaimedTask, "id" | "lease">,
  { key, body, headerLength }: StoredOutput,
  artifacts: Pick<ArtifactStore, "put">,
): Promise<StoredResult> {
  const facts = { resultBytes: body.length, resultHeaderLength: headerLength };
  if (body.length <= maxInlineBytes) return { ...facts, result: body };
  const { workspaceId } = ctx.actor;
  const [ours] = await ctx.db
    .update(inferenceTasks)
    .set({ resultKey: key })
    .where(
      and(
        eq(inferenceTasks.workspaceId, workspaceId),
        eq(inferenceTasks.id, id),
        eq(inferenceTasks.lease, lease),
        eq(inferenceTasks.state, "running"),
      ),
    )
    .returning({ id: inferenceTasks.id });
  if (!ours) throw new DomainError("conflict", "The task was cancelled or taken over by another gateway.");
  await recordFile(ctx, key, await artifacts.put(key, Readable.from([body])));
  return { ...facts, result: null };
}
