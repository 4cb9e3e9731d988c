import { and, eq, sql } from "drizzle-orm";
import { invitations } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { type NewInvitation, ResendInvitation } from "../contract.ts";
import { handOver, requireInviter } from "./hand-over.ts";
import { addMail, type InvitationDelivery } from "./invitation-mail.ts";
import { newLink } from "./link.ts";
import { getInvitation, invitationNotFound, isOpen } from "./queries.ts";

/**
 * Replaces the link of an open invitation, also of an expired one, and mails it; without a mail server it is returned once. The former
 * link stops working. The caller is from now on the person who invites.
 * @throws DomainError "not-found", "rate-limited" for too many mails.
 */
export async function resendInvitation(
  ctx: Context,
  input: ResendInvitation,
  delivery: InvitationDelivery,
): Promise<NewInvitation> {
  permit(ctx, "resendInvitation");
  const { invitationId } = ResendInvitation.parse(input);
  const invitedBy = await requireInviter(ctx);
  const { path, ...link } = newLink();
  const isMailed = delivery.send !== undefined;
  const mailId = await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`invitations ${workspaceId}`}, 0))`);
    const [changed] = await ctx.db
      .update(invitations)
      .set({ ...link, invitedBy, isMailed })
      .where(and(eq(invitations.id, invitationId), eq(invitations.workspaceId, workspaceId), isOpen()))
      .returning({ id: invitations.id, email: invitations.email });
    if (!changed) throw invitationNotFound();
    const mailId = isMailed ? await addMail(ctx, changed) : undefined;
    const after = { isMailed, expiresAt: link.expiresAt };
    await record(ctx, "invitation.resent", { subject: `invitation/${changed.email}`, after });
    await publish(ctx, "settings", invitationId);
    return mailId;
  });
  return handOver(ctx, await getInvitation(ctx, invitationId), { path, mailId }, delivery);
}
