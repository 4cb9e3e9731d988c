import { workspaces } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";

/** Runs the work of a job for the workspace it was asked for, or one workspace after the other when the schedule asked. */
export async function inEveryWorkspace(ctx: Context, work: (ctx: Context) => Promise<void>): Promise<void> {
  if (ctx.actor.workspaceId !== "") return work(ctx);
  const rows = await ctx.db.select({ id: workspaces.id }).from(workspaces);
  for (const { id } of rows) await work(systemContext(ctx.db, id, ctx.actor.id));
}
