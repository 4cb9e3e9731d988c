import { eq, sql } from "drizzle-orm";
import { watchdogs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findReceiver } from "../notifications/receivers/queries.ts";
import { SetWatchdog, type Watchdog } from "./contract.ts";
import { readWatchdog } from "./queries.ts";

/**
 * Sets the receiver and the interval of the workspace's watchdog, or disables it.
 * @throws DomainError "not-found" for an unknown receiver, "invalid" for one without an enabled channel
 */
export async function setWatchdog(ctx: Context, input: SetWatchdog): Promise<Watchdog> {
  permit(ctx, "setWatchdog");
  const { receiverId, intervalSeconds } = SetWatchdog.parse(input);
  return transact(ctx, async (ctx) => {
    const before = await readWatchdog(ctx);
    const { workspaceId, name } = ctx.actor;
    if (receiverId === null) {
      await ctx.db.delete(watchdogs).where(eq(watchdogs.workspaceId, workspaceId));
    } else {
      const receiver = await findReceiver(ctx, receiverId);
      if (receiver.channels.every(({ disabledAt }) => disabledAt !== null)) {
        const words = `The receiver ${receiver.name} has no enabled channel. Add one first.`;
        throw new DomainError("invalid", words, { field: "receiverId" });
      }
      // The next one is sent at once: someone has just configured the other side.
      const values = { receiverId, intervalSeconds, changedBy: name, changedAt: sql`now()`, enqueuedAt: null };
      await ctx.db
        .insert(watchdogs)
        .values({ workspaceId, ...values })
        .onConflictDoUpdate({ target: watchdogs.workspaceId, set: values });
    }
    const after = await readWatchdog(ctx);
    const shown = ({ receiver, intervalSeconds }: Watchdog) => ({ receiver: receiver?.name ?? null, intervalSeconds });
    await record(ctx, "watchdog.updated", { subject: "watchdog", before: shown(before), after: shown(after) });
    await publish(ctx, "notification", workspaceId);
    return after;
  });
}
