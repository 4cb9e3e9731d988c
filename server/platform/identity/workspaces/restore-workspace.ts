import { and, eq, isNotNull } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "../../permissions/permit.ts";
import { RestoreWorkspace } from "../contract.ts";
import { requireInstanceAdmin } from "./instance-admin.ts";

/**
 * Restores an archived workspace: its members and their tokens are unchanged.
 * @throws DomainError "forbidden" unless the caller is an admin of the first workspace, "not-found" if no archived workspace has this slug.
 */
export async function restoreWorkspace(ctx: Context, input: RestoreWorkspace): Promise<void> {
  permit(ctx, "restoreWorkspace");
  await requireInstanceAdmin(ctx);
  const { slug } = RestoreWorkspace.parse(input);
  await transact(ctx, async (ctx) => {
    const [restored] = await ctx.db
      .update(workspaces)
      .set({ archivedAt: null })
      .where(and(eq(workspaces.slug, slug), isNotNull(workspaces.archivedAt)))
      .returning();
    if (!restored) throw new DomainError("not-found", `There is no archived workspace "${slug}".`);
    const within: Context = { ...ctx, actor: { ...ctx.actor, workspaceId: restored.id } };
    for (const each of [ctx, within]) {
      await record(each, "workspace.restored", { subject: `workspace/${slug}`, after: { name: restored.name } });
    }
  });
}
