import { and, eq } from "drizzle-orm";
import { incidentLinks } from "#db/schema/index.ts";
import { unlinkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Incident } from "../contract.ts";
import { findIncident, lockIncident } from "../incident-rows.ts";
import { loadIncident } from "../load-incident.ts";
import { addTimelineEvent } from "../timeline/add-timeline-event.ts";
import { UnlinkIncident } from "./contract.ts";
import { lockGroup } from "./lock-group.ts";

/** Takes a link off an incident; what is not linked is left. @throws DomainError "not-found" for the incident */
export async function unlinkIncident(ctx: Context, input: UnlinkIncident): Promise<Incident> {
  permit(ctx, "unlinkIncident");
  const { number, kind, ref } = UnlinkIncident.parse(input);
  await transact(ctx, async (ctx) => {
    if (kind === "alert-group") await lockGroup(ctx, ref);
    const { id } = await lockIncident(ctx, number);
    const { workspaceId } = ctx.actor;
    const ofLink = and(
      eq(incidentLinks.incidentId, id),
      eq(incidentLinks.workspaceId, workspaceId),
      eq(incidentLinks.kind, kind),
      eq(incidentLinks.ref, ref),
    );
    const [deleted] = await ctx.db.delete(incidentLinks).where(ofLink).returning();
    if (!deleted) return;
    if (kind === "alert-group") {
      await unlinkGroup(ctx, ref, id);
      // The key keeps the alerts from being folded again (folding/find-candidates.ts).
      await addTimelineEvent(ctx, id, {
        kind: "edit",
        title: `Unlinked: ${deleted.title}`,
        links: [{ rel: "alert", href: `/alerts/groups/${ref}`, text: "alert" }],
        deduplicationKey: `unlinked:${ref}:${Date.now()}`,
      });
    }
    await record(ctx, "incident.unlinked", {
      subject: `incident/${number}`,
      before: { kind, ref, title: deleted.title },
    });
    await publish(ctx, "incident", id);
  });
  return loadIncident(ctx, await findIncident(ctx, number));
}
