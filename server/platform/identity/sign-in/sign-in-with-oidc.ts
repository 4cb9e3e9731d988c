import { asc, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import type { Role } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { OidcIdentity } from "../contract.ts";
import { recordSignIn } from "../sign-in-log/record-sign-in.ts";
import { requireActiveMembership, type SignedIn } from "./verify-sign-in.ts";

interface OidcRules {
  /** Role of new users; without one, they are rejected. */
  defaultRole: Role | undefined;
  /** For the audit log. */
  address: string | undefined;
}

/**
 * Signs in a user from the company's identity provider. The user is matched by subject; otherwise by verified email, which is then linked
 * to the subject; otherwise created, if there is a role for new users.
 * @throws DomainError "invalid" without a verified email where one is needed, "not-found" for new users without a role, "forbidden" for
 * disabled users.
 */
export async function signInWithOidc(db: Database, input: OidcIdentity, rules: OidcRules): Promise<SignedIn> {
  const identity = OidcIdentity.parse(input);
  const subject = `${identity.issuer}#${identity.subject}`;
  return db.transaction(async (db) => {
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`oidc ${subject}`}, 0))`);
    const user =
      (await bySubject(db, subject)) ??
      (await byEmail(db, subject, identity, rules)) ??
      (await newcomer(db, subject, identity, rules));
    await join(db, user, rules);
    await requireActiveMembership(db, user.id);
    await recordSignIn(db, user, { method: "company", address: rules.address });
    // They did not sign in with their password, if any.
    const { id: userId, email, name, sessionVersion } = user;
    return { userId, email, name, sessionVersion, mustChangePassword: false };
  });
}

type UserRow = typeof users.$inferSelect;

async function bySubject(db: Database, subject: string): Promise<UserRow | undefined> {
  const [user] = await db.select().from(users).where(eq(users.oidcSubject, subject));
  return user;
}

async function byEmail(
  db: Database,
  subject: string,
  identity: OidcIdentity,
  rules: OidcRules,
): Promise<UserRow | undefined> {
  const email = verifiedEmail(identity);
  const [user] = await db
    .update(users)
    .set({ oidcSubject: subject })
    .where(eq(sql`lower(${users.email})`, email))
    .returning();
  if (user) await note(db, user, "user.company-account-linked", { subject }, rules);
  return user;
}

async function newcomer(db: Database, subject: string, identity: OidcIdentity, rules: OidcRules): Promise<UserRow> {
  const email = verifiedEmail(identity);
  if (!rules.defaultRole) {
    throw new DomainError("not-found", `There is no account with the email ${email}. Ask an admin to add you first.`);
  }
  const [user] = await db
    .insert(users)
    .values({ email, name: identity.name ?? email, oidcSubject: subject })
    .onConflictDoNothing()
    .returning();
  if (!user) throw new DomainError("conflict", "Your account was just created. Sign in again.");
  return user;
}

/** Adds a user without any workspace to the oldest one. */
async function join(db: Database, user: UserRow, rules: OidcRules): Promise<void> {
  if ((await db.$count(memberships, eq(memberships.userId, user.id))) > 0) return;
  const role = rules.defaultRole;
  if (!role)
    throw new DomainError("not-found", "You are not a member of any workspace. Ask an admin to add you first.");
  const workspaceId = await oldestWorkspace(db);
  await db.insert(memberships).values({ workspaceId, userId: user.id, role });
  await note(db, user, "user.created", { name: user.name, role, by: "company sign-in" }, rules);
}

async function note(db: Database, user: UserRow, action: string, after: object, rules: OidcRules): Promise<void> {
  const workspaceId = await oldestWorkspace(db);
  const { id, name, email } = user;
  const actor = { kind: "user" as const, id, name, workspaceId, role: "viewer" as const, address: rules.address };
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
