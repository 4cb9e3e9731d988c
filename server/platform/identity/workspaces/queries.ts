import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { memberships, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "../../permissions/permit.ts";
import type { OwnWorkspace, Workspace } from "../contract.ts";
import { ownUserId } from "../tokens/queries.ts";
import { entrance } from "./choose-workspace.ts";
import { requireInstanceAdmin } from "./instance-admin.ts";

/** Lists the workspaces that a user is a member of, by name; for a token only its own. */
export async function listOwnWorkspaces(ctx: Context): Promise<OwnWorkspace[]> {
  permit(ctx, "listOwnWorkspaces");
  const userId = await ownUserId(ctx);
  const isCurrent = sql<boolean>`${workspaces.id} = ${ctx.actor.workspaceId}`;
  return ctx.db
    .select({ slug: workspaces.slug, name: workspaces.name, role: memberships.role, isCurrent })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(
      and(
        sql`${memberships.userId}::text = ${userId ?? ""}`,
        entrance(undefined),
        ctx.actor.kind === "token" ? eq(workspaces.id, ctx.actor.workspaceId) : undefined,
      ),
    )
    .orderBy(asc(sql`lower(${workspaces.name})`), asc(workspaces.slug));
}

/**
 * Lists every workspace of the installation, oldest first, including archived ones, with the number of entities in each.
 * @throws DomainError "forbidden" unless the caller is an admin of the first workspace.
 */
export async function listWorkspaces(ctx: Context): Promise<Workspace[]> {
  permit(ctx, "listWorkspaces");
  await requireInstanceAdmin(ctx);
  const rows = await ctx.db
    .select({
      slug: workspaces.slug,
      name: workspaces.name,
      createdAt: workspaces.createdAt,
      archivedAt: workspaces.archivedAt,
      members: countIn(
        sql`memberships join users on users.id = user_id and kind = 'person' where memberships.disabled_at is null and`,
      ),
      experiments: countIn(sql`experiments where deleted_at is null and`),
      models: countIn(sql`registered_models where`),
    })
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id));
  return rows.map((row, index) => ({ ...row, isFirst: index === 0 }));
}

function countIn(tableAndCondition: SQL): SQL<number> {
  return sql<number>`(select count(*)::int from ${tableAndCondition} workspace_id = workspaces.id)`;
}
