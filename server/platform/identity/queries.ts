import { asc, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { users, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../permissions/permit.ts";
import type { Viewer } from "./contract.ts";
import { ownUserId } from "./tokens/queries.ts";

/** Returns the caller, their workspace and their permissions. */
export async function getViewer(ctx: Context): Promise<Viewer> {
  permit(ctx, "getViewer");
  const { actor, db } = ctx;
  const userId = await ownUserId(ctx);
  const [user] = userId ? await db.select().from(users).where(eq(users.id, userId)) : [];
  const [workspace] = await db
    .select({ id: workspaces.id, slug: workspaces.slug, name: workspaces.name, timeZone: workspaces.timeZone })
    .from(workspaces)
    .where(eq(workspaces.id, actor.workspaceId));
  if (!workspace) throw new DomainError("not-found", "This workspace no longer exists.");
  return {
    id: actor.id,
    name: actor.name,
    email: user?.email ?? null,
    role: actor.role,
    workspace,
    ...(actor.scopes && { scopes: [...actor.scopes] }),
    hasPassword: Boolean(user?.passwordHash),
    mustChangePassword: actor.mustChangePassword ?? false,
    usesCompanySignIn: Boolean(user?.oidcSubject),
  };
}

/** Returns the names of this installation's workspaces, oldest first, two at most: for the sign-in page, before authentication. */
export async function firstWorkspaceNames(db: Database): Promise<string[]> {
  const rows = await db
    .select({ name: workspaces.name })
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id))
    .limit(2);
  return rows.map((row) => row.name);
}
