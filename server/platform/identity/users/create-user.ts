import { memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { CreateUser, type NewUser } from "../contract.ts";
import { generatePassword, hashPassword } from "../sign-in/password.ts";
import { requireInstanceAdmin } from "../workspaces/instance-admin.ts";
import { getUser } from "./queries.ts";

/**
 * Creates an account with a membership in the caller's workspace. Its generated password is returned once; an account without a password
 * is linked to the company account of its address at the first company sign-in.
 * @throws DomainError "forbidden" for others than admins of the first workspace, "conflict" if the address has an account: its person is
 * invited instead, because nobody becomes a member without their consent.
 */
export async function createUser(ctx: Context, input: CreateUser): Promise<NewUser> {
  permit(ctx, "createUser");
  await requireInstanceAdmin(ctx);
  const { email, name, role, hasPassword } = CreateUser.parse(input);
  const password = hasPassword ? generatePassword() : undefined;
  const passwordHash = password === undefined ? null : await hashPassword(password);
  return transact(ctx, async (ctx) => {
    const [made] = await ctx.db
      .insert(users)
      .values({ email, name, passwordHash, mustChangePassword: hasPassword })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (!made) throw new DomainError("conflict", `${email} already has an account. Invite this person instead.`);
    await ctx.db.insert(memberships).values({ workspaceId: ctx.actor.workspaceId, userId: made.id, role });
    const user = await getUser(ctx, made.id);
    await record(ctx, "user.created", { subject: `user/${email}`, after: { name, role } });
    await publish(ctx, "settings", made.id);
    return password === undefined ? { user } : { user, password };
  });
}
