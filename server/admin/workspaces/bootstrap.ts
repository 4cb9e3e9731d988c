import { asc, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
import { record } from "#server/platform/audit/record.ts";
import { generatePassword, hashPassword } from "../../platform/identity/sign-in/password.ts";
import { createTokenFor } from "../../platform/identity/tokens/create-token.ts";
import { scopes } from "../../platform/permissions/permissions/permission.ts";

interface FirstAdmin {
  adminEmail: string;
  /** Without it, a password is generated. */
  adminPassword: string | undefined;
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
 */
export async function bootstrap(
  db: Database,
  { adminEmail, adminPassword }: FirstAdmin,
  keep: (made: Bootstrapped) => Promise<void> = async () => {},
): Promise<Bootstrapped> {
  const found = await existing(db);
  if (found) return found;
  const password = adminPassword ?? generatePassword();
  const passwordHash = await hashPassword(password);
  return db.transaction(async (db) => {
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended('leeway bootstrap', 0))`);
    const made = await existing(db);
    if (made) return made;
    const admin = { email: adminEmail, passwordHash, mustChangePassword: !adminPassword };
    const { workspaceId, token } = await makeFirst(db, admin);
    const first = { workspaceId, email: adminEmail.toLowerCase(), token, ...(adminPassword ? {} : { password }) };
    // Before the end of the transaction: an interrupted start leaves no account whose password is unknown.
    await keep(first);
    return first;
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
    .where(eq(memberships.workspaceId, workspace.id))
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
  if (!workspace || !user) throw new Error("The first workspace was not made.");
  return transact(systemContext(db, workspace.id, "first-start"), async (ctx: Context) => {
    await ctx.db.insert(memberships).values({ workspaceId: workspace.id, userId: user.id, role: "admin" });
    await record(ctx, "workspace.created", { subject: "workspace/default", after: { name: workspace.name } });
    await record(ctx, "user.created", { subject: `user/${user.email}`, after: { name: user.name, role: "admin" } });
    await createDefaultExperiment(ctx);
    const { secret } = await createTokenFor(ctx, user.id, { name: "first start", scopes: [...scopes] });
    return { workspaceId: workspace.id, token: secret };
  });
}
