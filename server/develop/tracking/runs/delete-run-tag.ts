import { and, eq } from "drizzle-orm";
import { runs, runTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { announceRun } from "./announce-run.ts";
import { lockActiveRun, thisRun } from "./lock-run.ts";
import { parentTag } from "./tags.ts";

/** Removes a tag of a run. @throws DomainError "not-found" when it has no such tag. */
export async function deleteRunTag(ctx: Context, { runId, key }: { runId: string; key: string }): Promise<void> {
  permit(ctx, "deleteRunTag");
  await transact(ctx, async (ctx) => {
    await lockActiveRun(ctx, runId);
    const removed = await ctx.db
      .delete(runTags)
      .where(and(eq(runTags.workspaceId, ctx.actor.workspaceId), eq(runTags.runId, runId), eq(runTags.key, key)))
      .returning({ key: runTags.key });
    if (removed.length === 0) throw new DomainError("not-found", `No tag with name: ${key} in run with id ${runId}`);
    if (key === parentTag) await ctx.db.update(runs).set({ parentRunId: null }).where(thisRun(ctx, runId));
  });
  announceRun(ctx, runId);
}
