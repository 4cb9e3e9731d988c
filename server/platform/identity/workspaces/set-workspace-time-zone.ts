import { and, eq, ne } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { SetWorkspaceTimeZone } from "../contract.ts";

/** Sets the time zone of the days, weeks and months of costs, budgets and reports. Permanently stored reports keep the zone they name. */
export async function setWorkspaceTimeZone(ctx: Context, input: SetWorkspaceTimeZone): Promise<{ timeZone: string }> {
  permit(ctx, "setWorkspaceTimeZone");
  const { timeZone } = SetWorkspaceTimeZone.parse(input);
  return transact(ctx, async (ctx) => {
    const own = eq(workspaces.id, ctx.actor.workspaceId);
    const [before] = await ctx.db.select().from(workspaces).where(own).for("update");
    const [changed] = await ctx.db
      .update(workspaces)
      .set({ timeZone })
      .where(and(own, ne(workspaces.timeZone, timeZone)))
      .returning({ slug: workspaces.slug });
    if (!changed) return { timeZone };
    const change = { before: { timeZone: before?.timeZone }, after: { timeZone } };
    await record(ctx, "workspace.time-zone-set", { subject: `workspace/${changed.slug}`, ...change });
    await publish(ctx, "settings", ctx.actor.workspaceId);
    await publish(ctx, "cost", ctx.actor.workspaceId);
    return { timeZone };
  });
}
