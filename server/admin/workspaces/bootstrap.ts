import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import { StartError } from "#db/start-error.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
import { record } from "#server/platform/audit/record.ts";
import { generatePassword, hashPassword } from "../../platform/identity/sign-in/password.ts";
import { requireStrongPassword } from "../../platform/identity/sign-in/password-policy.ts";
import { createTokenFor } from "../../platform/identity/tokens/create-token.ts";
import { scopes } from "../../platform/permissions/permissions/permission.ts";

interface FirstAdmin {
  adminEmail: string;
  /** Without it and its hash, a password is generated. */
  adminPassword: string | undefined;
  /** Argon2 hash of a password that was chosen elsewhere; takes the place of adminPassword. */
  adminPasswordHash?: string | undefined;
}

export interface Bootstrapped {
  workspaceId: string;
  /** Email of the first admin, to print. */
  email: string;
  /** Password generated at this start; it cannot be displayed later. */
  password?: string;
  /** Secret of the token created at this start; it cannot be shown later. */
  token?: string;
}

/**
 * Sets up a new installation: the workspace "default" with the experiment 0, its admin, and a first API token.
 * Does nothing from the second start on. Concurrent starts of several processes are safe: one creates everything, the others find it.
 * @param keep stores the generated password and token
 * @throws StartError for a weak password
 */
export async function bootstrap(
  db: Database,
  firstAdmin: FirstAdmin,
  keep: (made: Bootstrapped) => Promise<void> = async () => {},
): Promise<Bootstrapped> {
  const found = await existing(db);
  if (found) return found;
  const { adminEmail, adminPassword, adminPasswordHash } = firstAdmin;
  const generated = adminPassword === undefined && adminPasswordHash === undefined ? generatePassword() : undefined;
  if (adminPassword !== undefined) await refuseWeakPassword(adminPassword, adminEmail);
  const passwordHash = adminPasswordHash ?? (await hashPassword(adminPassword ?? generated ?? ""));
  return db.transaction(async (db) => {
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended('leeway bootstrap', 0))`);
    const made = await existing(db);
    if (made) return made;
    const admin = { email: adminEmail, passwordHash, mustChangePassword: generated !== undefined };
    const { workspaceId, token } = await makeFirst(db, admin);
    const first = { workspaceId, email: adminEmail.toLowerCase(), token, ...(generated && { password: generated }) };
    // Before the end of the transaction: an interrupted start leaves no account whose password is unknown.
    await keep(first);
    return first;
  });
}

async function refuseWeakPassword(password: string, email: string): Promise<void> {
  await requireStrongPassword(password, [email], "ADMIN_PASSWORD").catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    throw new StartError(`ADMIN_PASSWORD: ${error.message}`);
  });
}

async function existing(db: Database): Promise<Bootstrapped | undefined> {
  const [workspace] = await db
    .select()
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id))
    .limit(1);
  if (!workspace) return undefined;
  const [admin] = await db
    .select({ email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.workspaceId, workspace.id), eq(users.kind, "person")))
    .orderBy(sql`${memberships.role} = 'admin' desc`, asc(memberships.createdAt))
    .limit(1);
  return { workspaceId: workspace.id, email: admin?.email ?? "" };
}

interface NewAdmin {
  email: string;
  passwordHash: string;
  mustChangePassword: boolean;
}

async function makeFirst(db: Database, admin: NewAdmin): Promise<{ workspaceId: string; token: string }> {
  const [workspace] = await db.insert(workspaces).values({ slug: "default", name: "Default" }).returning();
  const [user] = await db
    .insert(users)
    .values({ ...admin, email: admin.email.toLowerCase(), name: "Admin" })
    .returning();
  if (!workspace || !user) throw new Error("The first workspace was not created.");
  return transact(systemContext(db, workspace.id, "first-start"), async (ctx: Context) => {
    await ctx.db.insert(memberships).values({ workspaceId: workspace.id, userId: user.id, role: "admin" });
    await record(ctx, "workspace.created", { subject: "workspace/default", after: { name: workspace.name } });
    await record(ctx, "user.created", { subject: `user/${user.email}`, after: { name: user.name, role: "admin" } });
    await createDefaultExperiment(ctx);
    const { secret } = await createTokenFor(ctx, user.id, { name: "first start", scopes: [...scopes] });
    return { workspaceId: workspace.id, token: secret };
  });
}
