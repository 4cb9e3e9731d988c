import { and, asc, eq, isNull } from "drizzle-orm";
import { memberships, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { ownUserId } from "../tokens/queries.ts";

/** Returns the id of the workspace created at the first start. */
export async function firstWorkspaceId(ctx: Context): Promise<string | undefined> {
  const [first] = await ctx.db
    .select({ id: workspaces.id })
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id))
    .limit(1);
  return first?.id;
}

/** Returns whether the caller administers the installation: an admin of the first workspace who is a person, or their token. */
export async function isInstanceAdmin(ctx: Context): Promise<boolean> {
  if (ctx.actor.isServiceAccount) return false;
  const first = await firstWorkspaceId(ctx);
  if (!first) return false;
  if (ctx.actor.workspaceId === first) return ctx.actor.role === "admin";
  // A token opens its own workspace only.
  const userId = ctx.actor.kind === "user" ? await ownUserId(ctx) : undefined;
  if (!userId) return false;
  const [admin] = await ctx.db
    .select({ role: memberships.role })
    .from(memberships)
    .where(
      and(
        eq(memberships.workspaceId, first),
        eq(memberships.userId, userId),
        eq(memberships.role, "admin"),
        isNull(memberships.disabledAt),
      ),
    );
  return admin !== undefined;
}

/** @throws DomainError "forbidden" */
export async function requireInstanceAdmin(ctx: Context): Promise<void> {
  if (await isInstanceAdmin(ctx)) return;
  throw new DomainError("forbidden", "This requires an admin of the first workspace. Ask one of them.");
}
