import type { Context } from "#server/base/context.ts";
import { addFollowUp } from "#server/respond/drills/follow-ups/add-follow-up.ts";
import { planGameDay } from "#server/respond/drills/plan-game-day.ts";

/** Plans a game day, with a follow-up. */
export async function rehearse(ctx: Context, endpoint: string, secret: string) {
  const { number: gameDay } = await planGameDay(ctx, {
    endpoint,
    hypothesis: `On-call is notified: ${secret}`,
    fault: { kind: "errors" },
    expectations: [{ what: "noHarm" }],
  });
  const { id: followUpId } = await addFollowUp(ctx, { number: gameDay, words: secret });
  return { gameDay, followUpId };
}
