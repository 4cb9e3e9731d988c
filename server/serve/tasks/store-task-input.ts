import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { taskInputs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { bounded, uploadError } from "#server/platform/artifacts/receive-file.ts";
import { recordFile } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { inputHours, maxInputBytes, type TaskInput } from "./contract.ts";

/**
 * Stores the body of a request as it arrives, for tasks to refer to. The row is written first, so that the file of an interrupted
 * upload is found and removed when the row expires.
 * @throws DomainError "too-large", "invalid" when the sender left before the end, "unavailable" when there is no capacity
 */
export async function storeTaskInput(
  ctx: Context,
  body: Readable,
  artifacts: Pick<ArtifactStore, "put">,
): Promise<TaskInput> {
  permit(ctx, "storeTaskInput");
  // A sender may disconnect before the first byte is read; the read then reports it.
  body.on("error", () => {});
  const id = randomUUID();
  const { workspaceId, id: createdById, name: createdBy } = ctx.actor;
  const key = artifactKey(workspaceId, ["tasks", "inputs", id]);
  const expiresAt = new Date(Date.now() + inputHours * hourMs);
  await ctx.db.insert(taskInputs).values({ id, workspaceId, artifactKey: key, createdById, createdBy, expiresAt });
  const stored = await artifacts.put(key, bounded(body, maxInputBytes)).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "too-large") throw tooLarge();
    throw uploadError(error);
  });
  const { sizeBytes } = stored;
  await transact(ctx, async (ctx) => {
    await recordFile(ctx, key, stored);
    await ctx.db
      .update(taskInputs)
      .set({ sizeBytes })
      .where(and(eq(taskInputs.id, id), eq(taskInputs.workspaceId, workspaceId)));
  });
  return { id, sizeBytes, expiresAt };
}

function tooLarge(): DomainError {
  return new DomainError("too-large", `Task inputs can be at most ${mebibytes(maxInputBytes)}.`);
}
