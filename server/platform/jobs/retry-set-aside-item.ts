import { and, eq, sql } from "drizzle-orm";
import { setAsideItems } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { requireInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { RetrySetAsideItem } from "./contract.ts";
import { enqueue } from "./queue.ts";
import { schedule } from "./schedule.ts";

/**
 * Makes an item due that a watcher or a job set aside. The watcher's next round retries it; a scheduled job runs now, not when its schedule
 * says. The attempts of the item count on.
 * @throws DomainError "forbidden"; "not-found" when the item is not set aside
 */
export async function retrySetAsideItem(ctx: Context, input: RetrySetAsideItem): Promise<void> {
  permit(ctx, "retrySetAsideItem");
  await requireInstanceAdmin(ctx);
  const { watcher, item } = RetrySetAsideItem.parse(input);
  await transact(ctx, async (ctx) => {
    const [row] = await ctx.db
      .update(setAsideItems)
      .set({ retryAt: sql`clock_timestamp()` })
      .where(and(eq(setAsideItems.watcher, watcher), eq(setAsideItems.item, item)))
      .returning({ attempts: setAsideItems.attempts });
    if (!row) throw new DomainError("not-found", "Item not found. It has recovered, or was deleted.");
    const job = schedule.find(({ kind }) => kind === watcher);
    if (job) await enqueue(systemContext(ctx.db, "", job.kind), job.kind, {});
    await record(ctx, "recurring-work.retried", { subject: `watcher/${watcher}`, after: { item, ...row } });
    await publish(ctx, "settings", watcher);
  });
}
