import { and, eq, ne } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../permissions/permit.ts";
import { RenameWorkspace } from "./contract.ts";

/** Changes the name that people see; addresses and tokens keep working. */
export async function renameWorkspace(ctx: Context, input: RenameWorkspace): Promise<{ name: string }> {
  permit(ctx, "renameWorkspace");
  const { name } = RenameWorkspace.parse(input);
  return transact(ctx, async (ctx) => {
    const own = eq(workspaces.id, ctx.actor.workspaceId);
    const [before] = await ctx.db.select().from(workspaces).where(own).for("update");
    const [renamed] = await ctx.db
      .update(workspaces)
      .set({ name })
      .where(and(own, ne(workspaces.name, name)))
      .returning({ slug: workspaces.slug });
    if (!renamed) return { name };
    const change = { before: { name: before?.name }, after: { name } };
    await record(ctx, "workspace.renamed", { subject: `workspace/${renamed.slug}`, ...change });
    await publish(ctx, "settings", ctx.actor.workspaceId);
    return { name };
  });
}
