import { eq, sql } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { CreateUser, type NewUser } from "../contract.ts";
import { generatePassword, hashPassword } from "../sign-in/password.ts";
import { getUser } from "./queries.ts";

/**
 * Adds a user to the workspace. A user without an account gets a password, returned once; an existing account from another workspace stays
 * unchanged.
 * @throws DomainError "conflict" if the email is in the workspace already.
 */
export async function createUser(ctx: Context, input: CreateUser): Promise<NewUser> {
  permit(ctx, "createUser");
  const { email, name, role } = CreateUser.parse(input);
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  return transact(ctx, async (ctx) => {
    const [made] = await ctx.db
      .insert(users)
      .values({ email, name, passwordHash, mustChangePassword: true })
      .onConflictDoNothing()
      .returning({ id: users.id });
    const userId = made?.id ?? (await existing(ctx, email));
    const [membership] = await ctx.db
      .insert(memberships)
      .values({ workspaceId: ctx.actor.workspaceId, userId, role })
      .onConflictDoNothing()
      .returning({ role: memberships.role });
    if (!membership)
      throw new DomainError("conflict", `${email} is already a member of this workspace. Change the role instead.`);
    const user = await getUser(ctx, userId);
    await record(ctx, "user.created", { subject: `user/${email}`, after: { name: user.name, role } });
    await publish(ctx, "settings", userId);
    return made ? { user, password } : { user };
  });
}

async function existing(ctx: Context, email: string): Promise<string> {
  const [user] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email));
  if (!user) throw new DomainError("conflict", `${email} has just been removed. Try again.`);
  return user.id;
}
