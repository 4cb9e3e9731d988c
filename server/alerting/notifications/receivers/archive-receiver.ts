import { and, eq, isNull } from "drizzle-orm";
import { channels, receivers } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ArchiveReceiver } from "../contract.ts";
import { shownChannels } from "./channel-rows.ts";
import { findReceiver } from "./queries.ts";

/**
 * Archives a receiver: it notifies no one any more, and its queued messages are not sent. Sent ones stay in the log.
 * @throws DomainError "not-found"; "conflict" when someone else archived it first
 */
export async function archiveReceiver(ctx: Context, input: ArchiveReceiver): Promise<void> {
  permit(ctx, "archiveReceiver");
  const { receiverId, reason } = ArchiveReceiver.parse(input);
  await transact(ctx, async (ctx) => {
    const before = await findReceiver(ctx, receiverId);
    const now = new Date();
    const [row] = await ctx.db
      .update(receivers)
      .set({ archivedAt: now, updatedAt: now })
      .where(
        and(
          eq(receivers.id, receiverId),
          eq(receivers.workspaceId, ctx.actor.workspaceId),
          isNull(receivers.archivedAt),
        ),
      )
      .returning({ id: receivers.id });
    if (!row) throw new DomainError("conflict", "This receiver is already archived.");
    // This cancels queued messages when their turn comes.
    await ctx.db
      .update(channels)
      .set({ disabledAt: now })
      .where(and(eq(channels.receiverId, receiverId), isNull(channels.disabledAt)));
    const subject = `receiver/${before.name}`;
    await record(ctx, "receiver.archived", { subject, before: shownChannels(before), ...(reason && { reason }) });
    await publish(ctx, "notification", receiverId);
  });
}
