import { workspaces } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import type { Attempt } from "./watcher.ts";

/**
 * Runs a job's work for the workspace that requested it, or for one workspace after another when the schedule started it. Each is an item:
 * a workspace whose work fails is set aside and delays no other.
 */
export async function inEveryWorkspace(
  ctx: Context,
  attempt: Attempt,
  work: (ctx: Context) => Promise<void>,
): Promise<void> {
  if (ctx.actor.workspaceId !== "") return work(ctx);
  const rows = await ctx.db.select({ id: workspaces.id }).from(workspaces);
  for (const { id } of rows) {
    await attempt({ id, workspaceId: id }, () => work(systemContext(ctx.db, id, ctx.actor.id)));
  }
}
