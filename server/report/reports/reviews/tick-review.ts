import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { reviewTicks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { periodNamed } from "../periods.ts";
import { type ReviewItem, reviewItems, TickReview } from "./contract.ts";

/** Marks an item of a review as reviewed. @throws DomainError "conflict" when it already is, "invalid" for an item that is not listed */
export async function tickReview(ctx: Context, input: TickReview): Promise<void> {
  permit(ctx, "tickReview");
  const { name, item, note } = TickReview.parse(input);
  const { cadence, start } = reviewed(name, item);
  const { workspaceId, name: doneBy } = ctx.actor;
  await transact(ctx, async (ctx) => {
    // Serialises two concurrent ticks: the second user gets the name of the first.
    await ctx.db.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`review ${workspaceId} ${name} ${item}`}, 0))`,
    );
    const [known] = await ctx.db.select().from(reviewTicks).where(thisTick(ctx, { cadence, start, item }));
    if (known) throw new DomainError("conflict", `${known.doneBy} has already reviewed this.`);
    await ctx.db.insert(reviewTicks).values({ workspaceId, cadence, start, item, note, doneBy });
    await record(ctx, "review.item-completed", { subject: `review/${name}`, after: { item, ...(note && { note }) } });
  });
}

/** Returns the period, and requires that its review lists the item. */
export function reviewed(name: string, item: ReviewItem) {
  const { period, start } = periodNamed(name);
  const cadence = period === "month" ? ("month" as const) : ("week" as const);
  const listed: readonly ReviewItem[] = reviewItems[cadence];
  if (!listed.includes(item)) {
    throw new DomainError("invalid", `The ${cadence}ly review has no item "${item}". Items: ${listed.join(", ")}.`, {
      field: "item",
    });
  }
  return { cadence, start };
}

/** Selects an active tick. */
export function thisTick(
  ctx: Context,
  { cadence, start, item }: { cadence: "week" | "month"; start: string; item: string },
): SQL | undefined {
  return and(
    eq(reviewTicks.workspaceId, ctx.actor.workspaceId),
    isNull(reviewTicks.undoneAt),
    eq(reviewTicks.cadence, cadence),
    eq(reviewTicks.start, start),
    eq(reviewTicks.item, item),
  );
}
