import { and, eq, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { featureUses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Selects what uses a view, of one kind. @param viewId undefined: of all views */
export function usesBy(
  ctx: Context,
  userKind: (typeof featureUses.$inferSelect)["userKind"],
  viewId?: string | undefined,
): SQL | undefined {
  return and(
    eq(featureUses.workspaceId, ctx.actor.workspaceId),
    eq(featureUses.userKind, userKind),
    viewId === undefined ? undefined : eq(featureUses.viewId, viewId),
  );
}

/** Joins uses to the table of their users. */
export function isUser(ctx: Context, users: { id: AnyPgColumn; workspaceId: AnyPgColumn }): SQL | undefined {
  return and(eq(sql`${users.id}::text`, featureUses.userId), eq(users.workspaceId, ctx.actor.workspaceId));
}
