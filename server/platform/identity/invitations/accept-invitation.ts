import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { invitations, memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { AcceptInvitation } from "../contract.ts";
import { type FoundInvitation, findInvitation, invalidInvitation } from "./open-invitation.ts";
import { isOpen } from "./queries.ts";

/**
 * Accepts an invitation to another workspace, as the signed-in person whose address it names.
 * @returns the slug of the workspace
 * @throws DomainError "not-found" for a link that is not valid, "forbidden" for a token or another person, "conflict" for a member.
 */
export async function acceptInvitation(ctx: Context, input: AcceptInvitation): Promise<{ workspace: string }> {
  permit(ctx, "acceptInvitation");
  const { secret } = AcceptInvitation.parse(input);
  const { kind, id, address } = ctx.actor;
  if (kind !== "user") throw new DomainError("forbidden", "Only a signed-in person can accept an invitation.");
  return transact(ctx, async ({ db }) => {
    const invitation = await findInvitation(db, secret);
    const [user] = await db.select().from(users).where(eq(users.id, id));
    if (!user) throw new DomainError("not-found", "This account no longer exists.");
    await join(db, invitation, { ...user, address });
    return { workspace: invitation.workspaceSlug };
  });
}

interface Guest {
  id: string;
  email: string;
  name: string;
  disabledAt: Date | null;
  /** For the audit log. */
  address: string | undefined;
}

/**
 * Makes a person, who has authenticated, a member of the workspace, in the caller's transaction. A link works once.
 * @throws DomainError "forbidden" for a person of another address, or a disabled one; "not-found" if the link was used meanwhile.
 */
export async function join(db: Database, invitation: FoundInvitation, guest: Guest): Promise<void> {
  const { id: invitationId, workspaceId, email, role } = invitation;
  if (guest.email.toLowerCase() !== email) {
    throw new DomainError("forbidden", `This invitation is for ${email}. Sign in with that account to accept it.`);
  }
  if (guest.disabledAt) throw new DomainError("forbidden", "This account is disabled. Ask an admin to enable it.");
  const now = new Date();
  const [accepted] = await db
    .update(invitations)
    .set({ acceptedAt: now })
    .where(and(eq(invitations.id, invitationId), eq(invitations.workspaceId, workspaceId), isOpen()))
    .returning({ id: invitations.id });
  if (!accepted) throw invalidInvitation();
  // A person who was removed returns as a new member.
  const renewed = { role, createdAt: now, disabledAt: null, removedAt: null, isDisabledByAccount: false };
  const [member] = await db
    .insert(memberships)
    .values({ workspaceId, userId: guest.id, role })
    .onConflictDoUpdate({
      target: [memberships.workspaceId, memberships.userId],
      set: { ...renewed, lastUsedAt: sql`null` },
      setWhere: isNotNull(memberships.removedAt),
    })
    .returning({ role: memberships.role });
  if (!member) throw new DomainError("conflict", `${email} is already a member of this workspace.`);
  const { id, name, address } = guest;
  const ctx: Context = { db, actor: { kind: "user", id, name, workspaceId, role, address } };
  await record(ctx, "invitation.accepted", {
    subject: `user/${email}`,
    after: { name, role, invitedBy: invitation.invitedByName },
  });
  await publish(ctx, "settings", id);
}
