import { memberships, workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
import { record } from "#server/platform/audit/record.ts";
import { CreateWorkspace, type OwnWorkspace } from "../../../platform/identity/contract.ts";
import { ownUserId } from "../../../platform/identity/tokens/queries.ts";
import { requireInstanceAdmin } from "../../../platform/identity/workspaces/instance-admin.ts";
import { permit } from "../../../platform/permissions/permit.ts";

/**
 * Creates a workspace with the experiment 0, and the caller as its admin. Recorded in the audit logs of both workspaces.
 * @throws DomainError "forbidden" unless the caller is an admin of the first workspace, "conflict" if the slug is taken, even by an
 * archived workspace.
 */
export async function createWorkspace(ctx: Context, input: CreateWorkspace): Promise<OwnWorkspace> {
  permit(ctx, "createWorkspace");
  await requireInstanceAdmin(ctx);
  const { slug, name } = CreateWorkspace.parse(input);
  const userId = await ownUserId(ctx);
  if (!userId) throw new DomainError("invalid", "A workspace needs a person as its admin; this caller is not one.");
  return transact(ctx, async (ctx) => {
    const [made] = await ctx.db.insert(workspaces).values({ slug, name }).onConflictDoNothing().returning();
    if (!made)
      throw new DomainError("conflict", `A workspace with the slug "${slug}" already exists. Choose another one.`);
    await ctx.db.insert(memberships).values({ workspaceId: made.id, userId, role: "admin" });
    const within: Context = { ...ctx, actor: { ...ctx.actor, workspaceId: made.id, scopes: undefined } };
    await createDefaultExperiment(within);
    for (const each of [ctx, within]) {
      await record(each, "workspace.created", { subject: `workspace/${slug}`, after: { name } });
    }
    return { slug, name, role: "admin", isCurrent: false };
  });
}
