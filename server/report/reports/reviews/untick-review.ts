import { reviewTicks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { UntickReview } from "./contract.ts";
import { reviewed, thisTick } from "./tick-review.ts";

/** Unticks an item; the tick stays in the history. @throws DomainError "conflict" when it is not ticked */
export async function untickReview(ctx: Context, input: UntickReview): Promise<void> {
  permit(ctx, "untickReview");
  const { name, item } = UntickReview.parse(input);
  const { cadence, start } = reviewed(name, item);
  await transact(ctx, async (ctx) => {
    const undone = await ctx.db
      .update(reviewTicks)
      .set({ undoneAt: new Date() })
      .where(thisTick(ctx, { cadence, start, item }))
      .returning({ doneBy: reviewTicks.doneBy });
    if (undone.length === 0) throw new DomainError("conflict", "This has not been reviewed.");
    await record(ctx, "review.item-reopened", {
      subject: `review/${name}`,
      before: { item, doneBy: undone[0]?.doneBy },
    });
  });
}
