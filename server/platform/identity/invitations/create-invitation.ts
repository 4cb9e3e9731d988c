import { and, eq, isNull, lte, sql } from "drizzle-orm";
import { invitations, memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { CreateInvitation, type NewInvitation } from "../contract.ts";
import { handOver, requireInviter } from "./hand-over.ts";
import { addMail, type InvitationDelivery } from "./invitation-mail.ts";
import { newLink } from "./link.ts";
import { getInvitation, isOpen } from "./queries.ts";

/**
 * Invites an email address to the workspace. The link is mailed to the address and shown to nobody else; without a mail server it is
 * returned once. Whether the address has an account changes nothing of the result.
 * @throws DomainError "conflict" for a member, an address with an open invitation, or too many open ones; "rate-limited" for too many mails.
 */
export async function createInvitation(
  ctx: Context,
  input: CreateInvitation,
  delivery: InvitationDelivery,
): Promise<NewInvitation> {
  permit(ctx, "createInvitation");
  const { email, role } = CreateInvitation.parse(input);
  const invitedBy = await requireInviter(ctx);
  const { path, ...link } = newLink();
  const isMailed = delivery.send !== undefined;
  const { id, mailId } = await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    // Concurrent invitations must not exceed the limits together.
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`invitations ${workspaceId}`}, 0))`);
    await refuseMember(ctx, email);
    await revokeExpired(ctx, email);
    const open = await ctx.db.$count(invitations, and(eq(invitations.workspaceId, workspaceId), isOpen()));
    if (open >= limits.openInvitations) {
      throw new DomainError("conflict", `At most ${limits.openInvitations} open invitations. Revoke some first.`);
    }
    const [made] = await ctx.db
      .insert(invitations)
      .values({ workspaceId, email, role, invitedBy, isMailed, ...link })
      .onConflictDoNothing()
      .returning({ id: invitations.id });
    if (!made) {
      throw new DomainError("conflict", `${email} already has an open invitation. Resend or revoke that one.`);
    }
    const mailId = isMailed ? await addMail(ctx, { id: made.id, email }) : undefined;
    const { expiresAt } = link;
    await record(ctx, "invitation.created", { subject: `invitation/${email}`, after: { role, isMailed, expiresAt } });
    await publish(ctx, "settings", made.id);
    return { id: made.id, mailId };
  });
  return handOver(ctx, await getInvitation(ctx, id), { path, mailId }, delivery);
}

async function refuseMember(ctx: Context, email: string): Promise<void> {
  const [member] = await ctx.db
    .select({ disabledAt: memberships.disabledAt })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.actor.workspaceId),
        isNull(memberships.removedAt),
        eq(sql`lower(${users.email})`, email),
      ),
    );
  if (!member) return;
  const advice = member.disabledAt ? "Enable them instead." : "Edit their role instead.";
  throw new DomainError("conflict", `${email} is already a member of this workspace. ${advice}`);
}

/** Makes room for a new invitation of this address. */
async function revokeExpired(ctx: Context, email: string): Promise<void> {
  const now = new Date();
  const ofAddress = and(eq(invitations.workspaceId, ctx.actor.workspaceId), eq(invitations.email, email));
  await ctx.db
    .update(invitations)
    .set({ revokedAt: now })
    .where(and(ofAddress, isOpen(), lte(invitations.expiresAt, now)));
}
