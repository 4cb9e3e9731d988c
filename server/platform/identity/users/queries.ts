import { and, asc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import { apiTokens, memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../../permissions/permit.ts";
import { ListUsers, type User } from "../contract.ts";
import { isInstanceAdmin } from "../workspaces/instance-admin.ts";

const email = sql<string>`lower(${users.email})`;

/**
 * Lists the members of the workspace by email, including disabled ones. What belongs to their accounts, admins of the first workspace see.
 * @returns `next`, the `after` of the following page; undefined at the end.
 */
export async function listUsers(ctx: Context, input: ListUsers): Promise<{ users: User[]; next?: string }> {
  permit(ctx, "listUsers");
  const { limit, after } = ListUsers.parse(input);
  const rows = await select(ctx, after === undefined ? undefined : gt(email, after.toLowerCase())).limit(limit + 1);
  const shown = await visibleTo(ctx, rows.slice(0, limit));
  const last = shown.at(-1);
  return rows.length > limit && last ? { users: shown, next: last.email.toLowerCase() } : { users: shown };
}

/** Returns one member of the workspace. @throws DomainError "not-found" */
export async function getUser(ctx: Context, userId: string): Promise<User> {
  permit(ctx, "getUser");
  const [user] = await visibleTo(ctx, await select(ctx, eq(users.id, userId)));
  if (!user) throw new DomainError("not-found", "This person is not a member of the workspace. See Settings, People.");
  return user;
}

async function visibleTo(ctx: Context, rows: Awaited<ReturnType<typeof select>>): Promise<User[]> {
  const isVisible = await isInstanceAdmin(ctx);
  return rows.map((row) => ({ ...row, account: isVisible ? row.account : null }));
}

/** Last use of the workspace by a person, in the console or by one of their tokens here. */
const lastUsedAt = sql<Date | null>`greatest(${memberships.lastUsedAt}, (
  select max(${apiTokens.lastUsedAt}) from ${apiTokens}
  where ${apiTokens.userId} = ${memberships.userId} and ${apiTokens.workspaceId} = ${memberships.workspaceId}))`;

function select(ctx: Context, where: SQL | undefined) {
  return ctx.db
    .select({
      id: users.id,
      email: users.email,
      name: users.name,
      role: memberships.role,
      createdAt: memberships.createdAt,
      lastUsedAt: lastUsedAt.mapWith(memberships.lastUsedAt),
      disabledAt: memberships.disabledAt,
      account: {
        hasPassword: sql<boolean>`${users.passwordHash} is not null`,
        usesCompanySignIn: sql<boolean>`${users.oidcSubject} is not null`,
        lastSignInAt: users.lastSignInAt,
        disabledAt: users.disabledAt,
      },
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.actor.workspaceId),
        eq(users.kind, "person"),
        isNull(memberships.removedAt),
        where,
      ),
    )
    .orderBy(asc(email));
}
