import { and, eq } from "drizzle-orm";
import { invitations } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { RevokeInvitation } from "../contract.ts";
import { invitationNotFound, isOpen } from "./queries.ts";

/** Revokes an open invitation: its link stops working. @throws DomainError "not-found" */
export async function revokeInvitation(ctx: Context, input: RevokeInvitation): Promise<void> {
  permit(ctx, "revokeInvitation");
  const { invitationId } = RevokeInvitation.parse(input);
  await transact(ctx, async (ctx) => {
    const [revoked] = await ctx.db
      .update(invitations)
      .set({ revokedAt: new Date() })
      .where(and(eq(invitations.id, invitationId), eq(invitations.workspaceId, ctx.actor.workspaceId), isOpen()))
      .returning({ email: invitations.email, role: invitations.role });
    if (!revoked) throw invitationNotFound();
    const { email, role } = revoked;
    await record(ctx, "invitation.revoked", { subject: `invitation/${email}`, before: { role } });
    await publish(ctx, "settings", invitationId);
  });
}
