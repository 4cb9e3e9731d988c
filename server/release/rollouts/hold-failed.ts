import { and, eq, sql } from "drizzle-orm";
import { rolloutDecisions, rollouts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { databaseTime } from "./evaluate-and-mark.ts";
import { held, heldAt } from "./machine/hold.ts";
import { hasEnded } from "./rollout-rows.ts";

/** Text for users; the cause is in the log. Users learn that the evaluation failed, and that the rollout is on hold because of it. */
const failureText = "the evidence could not be evaluated. See the worker log.";

/**
 * Puts a rollout on hold after a failed evaluation, with that as the reason: an error is never a pass. Only the hold is written because the
 * rest of the state may be unreadable.
 */
export async function holdFailed(ctx: Context, rolloutId: string): Promise<void> {
  permit(ctx, "evaluateRollout");
  await transact(ctx, async (ctx) => {
    const { workspaceId, name: actorName } = ctx.actor;
    const own = and(eq(rollouts.id, rolloutId), eq(rollouts.workspaceId, workspaceId));
    const [row] = await ctx.db.select().from(rollouts).where(own).for("no key update", { skipLocked: true });
    if (!row || hasEnded(row)) return;
    const now = await databaseTime(ctx);
    const state = row.state;
    const { state: next, decisions } = held({ state, now }, "evaluation-failed", `${heldAt(state)}: ${failureText}`);
    const [decision] = decisions;
    if (!decision) return;
    const { step, weight } = state;
    await ctx.db
      .update(rollouts)
      .set({ state: sql`jsonb_set(${rollouts.state}, '{hold}', ${JSON.stringify(next.hold)}::jsonb)` })
      .where(own);
    await ctx.db
      .insert(rolloutDecisions)
      .values({ ...decision, workspaceId, rolloutId, step, weight, actorName, at: new Date(now) });
    const { code, words } = decision;
    await record(ctx, "rollout.held", {
      subject: `rollout/${rolloutId}`,
      after: { rolloutId, step, weight, code, words },
    });
    await publish(ctx, "rollout", rolloutId);
  });
}
