import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { invitations, memberships, users, workspaces } from "#db/schema/index.ts";
import type { Role } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { OpenInvitation } from "../contract.ts";
import { hashSecret } from "../tokens/secret.ts";
import { isOpen } from "./queries.ts";

/** A valid invitation, found by the secret of its link. */
export interface FoundInvitation {
  id: string;
  workspaceId: string;
  workspaceSlug: string;
  workspaceName: string;
  email: string;
  role: Role;
  invitedByName: string;
  expiresAt: Date;
  /** Whether the link may create an account: it proves the address, or an admin of the installation vouches for it. */
  mayCreateAccount: boolean;
}

/**
 * Finds a valid invitation by the secret of its link. One whose author is no longer an admin of the workspace is not valid.
 * @throws DomainError "not-found", with the same message for used, expired, revoked and unknown links.
 */
export async function findInvitation(db: Database, secret: string): Promise<FoundInvitation> {
  const [found] = await db
    .select({
      id: invitations.id,
      workspaceId: invitations.workspaceId,
      workspaceSlug: workspaces.slug,
      workspaceName: workspaces.name,
      email: invitations.email,
      role: invitations.role,
      invitedByName: users.name,
      expiresAt: invitations.expiresAt,
      mayCreateAccount: sql<boolean>`(${invitations.isMailed} or exists (
        select 1 from ${memberships} as first_membership
        where first_membership.user_id = ${invitations.invitedBy} and first_membership.role = 'admin'
          and first_membership.disabled_at is null
          and first_membership.workspace_id = (
            select oldest.id from ${workspaces} as oldest order by oldest.created_at, oldest.id limit 1)))`,
    })
    .from(invitations)
    .innerJoin(workspaces, and(eq(workspaces.id, invitations.workspaceId), isNull(workspaces.archivedAt)))
    .innerJoin(users, eq(users.id, invitations.invitedBy))
    .innerJoin(
      memberships,
      and(
        eq(memberships.workspaceId, invitations.workspaceId),
        eq(memberships.userId, invitations.invitedBy),
        eq(memberships.role, "admin"),
        isNull(memberships.disabledAt),
      ),
    )
    .where(and(eq(invitations.secretHash, hashSecret(secret)), isOpen(), gt(invitations.expiresAt, new Date())));
  if (!found) throw invalidInvitation();
  return found;
}

export function invalidInvitation(): DomainError {
  return new DomainError(
    "not-found",
    "This invitation is not valid: it was used, has expired, or was revoked. Ask an admin of the workspace for a new one.",
  );
}

/** Returns what the holder of a link sees before they decide. No sign-in is needed. @throws DomainError "not-found" */
export async function openInvitation(db: Database, secret: string): Promise<OpenInvitation> {
  const found = await findInvitation(db, secret);
  const { email, role, workspaceSlug: workspace, workspaceName, invitedByName, expiresAt, mayCreateAccount } = found;
  // Only who may create the account learns whether there is one.
  const createsAccount = mayCreateAccount && (await db.$count(users, eq(sql`lower(${users.email})`, email))) === 0;
  return { email, role, workspace, workspaceName, invitedByName, expiresAt, createsAccount };
}
