import { playgroundRuns } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { PlaygroundRunId } from "./contract.ts";
import { requireOwn } from "./require-own.ts";
import { findRun, isRun } from "./run-rows.ts";

/**
 * Deletes one of the caller's runs early, or any run as an operator, with its items and explanations: an input may be
 * confidential.
 * @throws DomainError "not-found", "forbidden" for another user's run
 */
export async function deletePlaygroundRun(ctx: Context, input: PlaygroundRunId): Promise<void> {
  permit(ctx, "deletePlaygroundRun");
  const { id } = PlaygroundRunId.parse(input);
  await transact(ctx, async (ctx) => {
    const run = await findRun(ctx, id);
    requireOwn(ctx, run);
    await ctx.db.delete(playgroundRuns).where(isRun(ctx, id));
    const { kind, modelName, startedBy } = run;
    await record(ctx, "playground-run.deleted", {
      subject: `playground-run/${id}`,
      before: { kind, modelName, startedBy },
    });
  });
}
