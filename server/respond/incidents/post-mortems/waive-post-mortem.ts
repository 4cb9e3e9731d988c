import { and, eq, sql } from "drizzle-orm";
import { postMortems } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockIncident } from "../incident-rows.ts";
import { addTimelineEvent } from "../timeline/add-timeline-event.ts";
import { type PostMortem, WaivePostMortem } from "./contract.ts";
import { findPostMortem } from "./queries.ts";

/**
 * Says that an incident needs no post-mortem, by name and with a reason; a draft stays readable.
 * @throws DomainError "not-found"; "conflict" when it is done
 */
export async function waivePostMortem(ctx: Context, input: WaivePostMortem): Promise<PostMortem> {
  permit(ctx, "waivePostMortem");
  const { number, reason } = WaivePostMortem.parse(input);
  return transact(ctx, async (ctx) => {
    const { id: incidentId } = await lockIncident(ctx, number);
    const { workspaceId, name: updatedBy } = ctx.actor;
    const waiver = `${updatedBy}: ${reason}`;
    const set = { state: "waived" as const, waiver, updatedBy, updatedAt: new Date() };
    const [row] = await ctx.db
      .insert(postMortems)
      .values({ incidentId, workspaceId, body: "", ...set })
      .onConflictDoUpdate({
        target: postMortems.incidentId,
        set: { ...set, revision: sql`${postMortems.revision} + 1` },
        setWhere: and(eq(postMortems.workspaceId, workspaceId), sql`${postMortems.state} <> 'done'`),
      })
      .returning({ state: postMortems.state });
    if (!row) throw new DomainError("conflict", "The post-mortem is complete, so there is nothing to waive.");
    await addTimelineEvent(ctx, incidentId, { kind: "edit", title: `Post-mortem waived: ${reason}` });
    await record(ctx, "post-mortem.waived", { subject: `incident/${number}`, reason });
    await publish(ctx, "incident", incidentId);
    const waived = await findPostMortem(ctx, incidentId);
    if (!waived) throw new Error("The post-mortem no longer exists.");
    return waived;
  });
}
