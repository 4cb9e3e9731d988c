import { randomUUID } from "node:crypto";
import { memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { CreateServiceAccount, type ServiceAccount } from "../contract.ts";
import { loadServiceAccount } from "./queries.ts";

/** Creates a service account with a role in this workspace. It has no password; admins create its tokens with createToken. */
export async function createServiceAccount(ctx: Context, input: CreateServiceAccount): Promise<ServiceAccount> {
  permit(ctx, "createServiceAccount");
  const { name, role } = CreateServiceAccount.parse(input);
  const id = randomUUID();
  return transact(ctx, async (ctx) => {
    // The column is required and unique. This is no email address, so that neither a sign-in nor an identity provider can match it.
    await ctx.db.insert(users).values({ id, email: `service:${id}`, name, kind: "service" });
    await ctx.db.insert(memberships).values({ workspaceId: ctx.actor.workspaceId, userId: id, role });
    await record(ctx, "service-account.created", { subject: `service-account/${id}`, after: { name, role } });
    await publish(ctx, "settings", id);
    return loadServiceAccount(ctx, id);
  });
}
