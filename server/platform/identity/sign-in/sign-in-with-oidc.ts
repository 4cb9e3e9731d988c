import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import type { Role } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { OidcIdentity } from "../contract.ts";
import { join } from "../invitations/accept-invitation.ts";
import { type FoundInvitation, findInvitation } from "../invitations/open-invitation.ts";
import { recordSignIn } from "../sign-in-log/record-sign-in.ts";
import { requireActiveMembership, type SignedIn } from "./verify-sign-in.ts";

interface OidcRules {
  /** Role of new users; without one, they need an invitation. */
  defaultRole: Role | undefined;
  /** For the audit log. */
  address: string | undefined;
  /** Secret of the invitation that the person accepts by signing in. */
  invitation?: string | undefined;
}

/**
 * Signs in a user from the company's identity provider. The user is matched by subject; an email never opens an existing account, because
 * a provider may give it to another person. Two cases create the link: an account that an admin created without a password and that
 * nobody has used yet, and a new account, by an invitation or a role for new users. Others link inside their session.
 * @throws DomainError "invalid" without a verified email where one is needed; "conflict" if that email has an account; "not-found" for new
 * users without a role or invitation, or for an invitation that is not valid; "forbidden" for disabled users, or another's invitation.
 */
export async function signInWithOidc(db: Database, input: OidcIdentity, rules: OidcRules): Promise<SignedIn> {
  const identity = OidcIdentity.parse(input);
  const subject = subjectOf(identity);
  return db.transaction(async (db) => {
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`oidc ${subject}`}, 0))`);
    const invitation = rules.invitation === undefined ? undefined : await findInvitation(db, rules.invitation);
    const user =
      (await bySubject(db, subject)) ??
      (await unused(db, subject, identity, rules)) ??
      (await newcomer(db, subject, identity, { ...rules, invitation }));
    if (invitation) await join(db, invitation, { ...user, address: rules.address });
    await requireActiveMembership(db, user.id);
    await recordSignIn(db, user, { method: "company", address: rules.address });
    // They did not sign in with their password, if any.
    const { id: userId, email, name, sessionVersion } = user;
    return { userId, email, name, sessionVersion, mustChangePassword: false };
  });
}

type UserRow = typeof users.$inferSelect;

/** Returns the stored form of a subject: "https://id.example.org#248289761001". */
export function subjectOf({ issuer, subject }: Pick<OidcIdentity, "issuer" | "subject">): string {
  return `${issuer}#${subject}`;
}

async function bySubject(db: Database, subject: string): Promise<UserRow | undefined> {
  const [user] = await db.select().from(users).where(eq(users.oidcSubject, subject));
  return user;
}

/** Links the account that an admin created for this email without a password, if nobody has signed in to it yet. */
async function unused(
  db: Database,
  subject: string,
  identity: OidcIdentity,
  rules: OidcRules,
): Promise<UserRow | undefined> {
  const isUnused = and(isNull(users.passwordHash), isNull(users.oidcSubject), isNull(users.lastSignInAt));
  const [user] = await db
    .update(users)
    .set({ oidcSubject: subject })
    .where(and(eq(sql`lower(${users.email})`, verifiedEmail(identity)), isUnused))
    .returning();
  if (user) await note(db, user, "user.company-account-linked", { subject }, rules);
  return user;
}

async function newcomer(
  db: Database,
  subject: string,
  identity: OidcIdentity,
  rules: Omit<OidcRules, "invitation"> & { invitation: FoundInvitation | undefined },
): Promise<UserRow> {
  const email = verifiedEmail(identity);
  const { defaultRole, invitation } = rules;
  const isInvited = invitation?.mayCreateAccount === true && invitation.email === email;
  const [user] =
    isInvited || defaultRole
      ? await db
          .insert(users)
          .values({ email, name: identity.name ?? email, oidcSubject: subject })
          .onConflictDoNothing()
          .returning()
      : [];
  if (user && !isInvited && defaultRole) await joinOldest(db, user, defaultRole, rules);
  if (user) return user;
  if ((await db.$count(users, eq(sql`lower(${users.email})`, email))) > 0) {
    throw new DomainError(
      "conflict",
      `${email} already has an account. Sign in with its password and link your company account under Settings, Your account.`,
    );
  }
  throw new DomainError("not-found", `There is no account with the email ${email}. Ask an admin to invite you.`);
}

/** Adds a new user to the oldest workspace. */
async function joinOldest(db: Database, user: UserRow, role: Role, rules: Pick<OidcRules, "address">): Promise<void> {
  const workspaceId = await oldestWorkspace(db);
  await db.insert(memberships).values({ workspaceId, userId: user.id, role });
  await note(db, user, "user.created", { name: user.name, role, by: "company sign-in" }, rules);
}

async function note(
  db: Database,
  user: UserRow,
  action: string,
  after: object,
  { address }: Pick<OidcRules, "address">,
): Promise<void> {
  const workspaceId = await oldestWorkspace(db);
  const { id, name, email } = user;
  const actor = { kind: "user" as const, id, name, workspaceId, role: "viewer" as const, address };
  await record({ db, actor }, action, { subject: `user/${email}`, after });
}

async function oldestWorkspace(db: Database): Promise<string> {
  const [workspace] = await db
    .select()
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id))
    .limit(1);
  if (!workspace)
    throw new DomainError("unavailable", "Leeway is still starting for the first time. Try again in a moment.");
  return workspace.id;
}

function verifiedEmail({ email, emailVerified }: OidcIdentity): string {
  if (email && emailVerified) return email;
  throw new DomainError("invalid", "Your company account has no verified email address, which Leeway requires once.");
}
