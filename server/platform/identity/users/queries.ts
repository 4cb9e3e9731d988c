import { and, asc, eq, gt, type SQL, sql } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../../permissions/permit.ts";
import { ListUsers, type User } from "../contract.ts";

const email = sql<string>`lower(${users.email})`;

/**
 * Lists the users of the workspace by email, including disabled ones.
 * @returns `next`, the `after` of the following page; undefined at the end.
 */
export async function listUsers(ctx: Context, input: ListUsers): Promise<{ users: User[]; next?: string }> {
  permit(ctx, "listUsers");
  const { limit, after } = ListUsers.parse(input);
  const rows = await select(ctx, after === undefined ? undefined : gt(email, after.toLowerCase())).limit(limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return rows.length > limit && last ? { users: shown, next: last.email.toLowerCase() } : { users: shown };
}

/** Returns one user of the workspace. @throws DomainError "not-found" */
export async function getUser(ctx: Context, userId: string): Promise<User> {
  permit(ctx, "getUser");
  const [user] = await select(ctx, eq(users.id, userId));
  if (!user) throw new DomainError("not-found", "This person is not a member of the workspace. See Settings, People.");
  return user;
}

function select(ctx: Context, where: SQL | undefined) {
  return ctx.db
    .select({
      id: users.id,
      email: users.email,
      name: users.name,
      role: memberships.role,
      hasPassword: sql<boolean>`${users.passwordHash} is not null`,
      usesCompanySignIn: sql<boolean>`${users.oidcSubject} is not null`,
      createdAt: memberships.createdAt,
      lastSignInAt: users.lastSignInAt,
      disabledAt: memberships.disabledAt,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.workspaceId, ctx.actor.workspaceId), eq(users.kind, "person"), where))
    .orderBy(asc(email));
}
