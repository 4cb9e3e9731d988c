import { workspaces } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";

/** Runs a job's work for the workspace that requested it, or for one workspace after another when the schedule started it. */
export async function inEveryWorkspace(ctx: Context, work: (ctx: Context) => Promise<void>): Promise<void> {
  if (ctx.actor.workspaceId !== "") return work(ctx);
  const rows = await ctx.db.select({ id: workspaces.id }).from(workspaces);
  for (const { id } of rows) await work(systemContext(ctx.db, id, ctx.actor.id));
}
