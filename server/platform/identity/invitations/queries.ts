import { and, asc, desc, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { invitationMails, invitations, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { permit } from "../../permissions/permit.ts";
import type { Invitation } from "../contract.ts";

/** Returns the condition for invitations that nobody has accepted, declined or revoked, including expired ones. */
export function isOpen(): SQL | undefined {
  return and(isNull(invitations.acceptedAt), isNull(invitations.declinedAt), isNull(invitations.revokedAt));
}

export function invitationNotFound(): DomainError {
  return new DomainError("not-found", "Invitation not found. It may have been accepted. See Settings, People.");
}

/** Lists the open invitations of the workspace by email, including expired ones. */
export async function listInvitations(ctx: Context): Promise<Invitation[]> {
  permit(ctx, "listInvitations");
  return select(ctx, undefined);
}

/** Returns one open invitation of the workspace. @throws DomainError "not-found" */
export async function getInvitation(ctx: Context, id: string): Promise<Invitation> {
  permit(ctx, "listInvitations");
  const [invitation] = await select(ctx, eq(invitations.id, id));
  if (!invitation) throw invitationNotFound();
  return invitation;
}

async function select(ctx: Context, where: SQL | undefined): Promise<Invitation[]> {
  const { id, email, role, isMailed, createdAt, expiresAt } = invitations;
  const rows = await ctx.db
    .select({ id, email, role, isMailed, createdAt, expiresAt, invitedByName: users.name })
    .from(invitations)
    .innerJoin(users, eq(users.id, invitations.invitedBy))
    .where(and(eq(invitations.workspaceId, ctx.actor.workspaceId), isOpen(), where))
    .orderBy(asc(email))
    .limit(limits.openInvitations);
  const mails = await lastMails(
    ctx,
    rows.map((row) => row.id),
  );
  return rows.map(({ isMailed, ...row }) => ({ ...row, mail: isMailed ? (mails.get(row.id) ?? null) : null }));
}

async function lastMails(ctx: Context, ids: string[]): Promise<Map<string, NonNullable<Invitation["mail"]>>> {
  if (ids.length === 0) return new Map();
  const { invitationId, at, deliveredAt, error } = invitationMails;
  const rows = await ctx.db
    .selectDistinctOn([invitationId], { invitationId, at, deliveredAt, error })
    .from(invitationMails)
    .where(and(eq(invitationMails.workspaceId, ctx.actor.workspaceId), inArray(invitationId, ids)))
    .orderBy(invitationId, desc(at));
  return new Map(rows.map(({ invitationId, ...mail }) => [invitationId, mail]));
}
