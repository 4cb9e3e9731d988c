import { and, asc, eq, gt, type SQL, sql } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../../permissions/permit.ts";
import { type Account, ListAccounts } from "../contract.ts";
import { requireInstanceAdmin } from "../workspaces/instance-admin.ts";

const email = sql<string>`lower(${users.email})`;

/**
 * Lists the accounts of the installation by email, including disabled ones.
 * @returns `next`, the `after` of the following page; undefined at the end.
 * @throws DomainError "forbidden" for others than admins of the first workspace.
 */
export async function listAccounts(ctx: Context, input: ListAccounts): Promise<{ accounts: Account[]; next?: string }> {
  permit(ctx, "listAccounts");
  await requireInstanceAdmin(ctx);
  const { limit, after } = ListAccounts.parse(input);
  const rows = await select(ctx, after === undefined ? undefined : gt(email, after.toLowerCase())).limit(limit + 1);
  const accounts = rows.slice(0, limit);
  const last = accounts.at(-1);
  return rows.length > limit && last ? { accounts, next: last.email.toLowerCase() } : { accounts };
}

/** Returns one account of the installation. @throws DomainError "forbidden" as listAccounts, "not-found" */
export async function getAccount(ctx: Context, userId: string): Promise<Account> {
  permit(ctx, "getAccount");
  await requireInstanceAdmin(ctx);
  const [account] = await select(ctx, eq(users.id, userId));
  if (!account) throw new DomainError("not-found", "Account not found. See the list of accounts.");
  return account;
}

function select(ctx: Context, where: SQL | undefined) {
  return ctx.db
    .select({
      id: users.id,
      email: users.email,
      name: users.name,
      hasPassword: sql<boolean>`${users.passwordHash} is not null`,
      usesCompanySignIn: sql<boolean>`${users.oidcSubject} is not null`,
      hasSecondFactor: sql<boolean>`exists (
        select from second_factors where second_factors.user_id = users.id and second_factors.confirmed_at is not null)`,
      createdAt: users.createdAt,
      lastSignInAt: users.lastSignInAt,
      disabledAt: users.disabledAt,
      workspaces: sql<string[]>`array(
        select workspaces.slug from memberships join workspaces on workspaces.id = memberships.workspace_id
        where memberships.user_id = users.id and memberships.removed_at is null order by workspaces.slug)`,
    })
    .from(users)
    .where(and(eq(users.kind, "person"), where))
    .orderBy(asc(email));
}
