import { and, count, eq, gt } from "drizzle-orm";
import { invitationMails, invitations } from "#db/schema/index.ts";
import type { Context, Role } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";

/** Content of a mail with a link. */
export interface InvitationMail {
  /** Id of the mail. */
  id: string;
  to: string;
  workspaceName: string;
  invitedByName: string;
  role: Role;
  /** Path of the link on this host. */
  path: string;
  expiresAt: Date;
}

/** How links reach people. */
export interface InvitationDelivery {
  /** Prefix of links; without a slash at the end. */
  publicUrl: string;
  /** Sends a mail, and returns an error for the admin. Undefined where no mail server is configured. */
  send: ((mail: InvitationMail) => Promise<{ error: string | null }>) | undefined;
}

/**
 * Adds a mail in the caller's transaction, before it is sent.
 * @returns its id
 * @throws DomainError "rate-limited" for too many mails of this workspace, or to this address, in an hour
 */
export async function addMail(ctx: Context, invitation: { id: string; email: string }): Promise<string> {
  const { workspaceId } = ctx.actor;
  const isRecent = gt(invitationMails.at, new Date(Date.now() - hourMs));
  const ofWorkspace = await ctx.db.$count(invitationMails, and(eq(invitationMails.workspaceId, workspaceId), isRecent));
  const [toAddress] = await ctx.db
    .select({ mails: count() })
    .from(invitationMails)
    .innerJoin(invitations, eq(invitations.id, invitationMails.invitationId))
    .where(and(eq(invitations.email, invitation.email), isRecent));
  if (ofWorkspace >= limits.invitationMailsPerHour) throw tooMany(`${limits.invitationMailsPerHour} invitations`);
  if ((toAddress?.mails ?? 0) >= limits.invitationMailsPerAddressAndHour) {
    throw tooMany(`${limits.invitationMailsPerAddressAndHour} invitations to one address`);
  }
  const [mail] = await ctx.db
    .insert(invitationMails)
    .values({ workspaceId, invitationId: invitation.id, at: new Date() })
    .returning({ id: invitationMails.id });
  return mail?.id as string;
}

function tooMany(limit: string): DomainError {
  return new DomainError("rate-limited", `At most ${limit} per hour can be mailed. Try again later.`, {
    retryAfterSeconds: hourMs / 1000,
  });
}

/** Sends a mail after its transaction, and stores the result for the list of invitations. */
export async function sendMail(
  ctx: Context,
  send: NonNullable<InvitationDelivery["send"]>,
  mail: InvitationMail,
): Promise<void> {
  const { error } = await send(mail);
  await ctx.db
    .update(invitationMails)
    .set(error === null ? { deliveredAt: new Date() } : { error: error.slice(0, 1_000) })
    .where(and(eq(invitationMails.id, mail.id), eq(invitationMails.workspaceId, ctx.actor.workspaceId)));
}
