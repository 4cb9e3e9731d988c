import { leakageChecks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isOpen } from "./queries.ts";

/** Marks a leakage check as failed after its last attempt. It can be requested again. */
export async function markLeakageCheckFailed(
  ctx: Context,
  { checkId, reason }: JobData["give-up-leakage"],
): Promise<void> {
  permit(ctx, "markLeakageCheckFailed");
  const problem = `The check failed repeatedly. ${reason} Run it again.`;
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(leakageChecks)
      .set({ state: "failed", problem, finishedAt: new Date() })
      .where(isOpen(ctx, checkId))
      .returning({ name: leakageChecks.name });
    if (failed) await publish(ctx, "dataset", failed.name);
  });
}
