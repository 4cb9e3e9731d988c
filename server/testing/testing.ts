import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import { rolledBack } from "#db/testing.ts";
import type { Context, Role } from "../base/context.ts";

/** Creates a workspace with one user of the given role, and returns the context of that user. */
export async function newWorkspace(db: Database, role: Role = "admin"): Promise<Context> {
  const slug = `test-${randomUUID().slice(0, 8)}`;
  // In a transaction now() stands still, and the first workspace is special.
  const values = { slug, name: slug, createdAt: sql`clock_timestamp()` };
  const [workspace] = await db.insert(workspaces).values(values).returning();
  const [user] = await db
    .insert(users)
    .values({ email: `${slug}@example.test`, name: `Test ${role}` })
    .returning();
  if (!workspace || !user) throw new Error("The workspace was not created.");
  await db.insert(memberships).values({ workspaceId: workspace.id, userId: user.id, role });
  return { db, actor: { kind: "user", id: user.id, name: user.name, workspaceId: workspace.id, role } };
}

/** Adds a person with a new account to the workspace. @returns their context */
export async function newMember(
  ctx: Context,
  role: Role = "member",
  { email = `${randomUUID().slice(0, 8)}@people.test`, name = `Test ${role}` } = {},
): Promise<Context> {
  const [user] = await ctx.db.insert(users).values({ email, name }).returning();
  if (!user) throw new Error("The user was not created.");
  await ctx.db.insert(memberships).values({ workspaceId: ctx.actor.workspaceId, userId: user.id, role });
  return { ...ctx, actor: { ...ctx.actor, id: user.id, name, role } };
}

/** Returns the context of a user with another role in the same workspace. */
export function as(ctx: Context, role: Role): Context {
  return { ...ctx, actor: { ...ctx.actor, role } };
}

/** Runs a test against real Postgres in its own workspace; everything is rolled back. */
export function inWorkspace(work: (ctx: Context) => Promise<void>, role: Role = "admin"): () => Promise<void> {
  return () => rolledBack(async (db) => work(await newWorkspace(db, role)));
}
