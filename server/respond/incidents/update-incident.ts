import { sql } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { attachFacts } from "./attach-facts.ts";
import { type Incident, IncidentRoles, UpdateIncident } from "./contract.ts";
import { measureIncident } from "./impact/measure-incident.ts";
import { findIncident, lockIncident, thisIncident } from "./incident-rows.ts";
import { loadIncident } from "./load-incident.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";
import { tickPast } from "./timeline/tick-past.ts";

/**
 * Updates the facts of an incident: title, cause, start, endpoint, team, runbook, lead and scribe. The previous values
 * stay on the timeline.
 * @throws DomainError "not-found" for a reference; "conflict" when it is closed; "invalid" for a start after its detection
 */
export async function updateIncident(ctx: Context, input: UpdateIncident): Promise<Incident> {
  permit(ctx, "updateIncident");
  const { number, leadId, scribeId, title, ...others } = UpdateIncident.parse(input);
  const facts: Facts = { ...others, ...(title !== undefined && { title: shortTitle(title) }) };
  if (facts.endpointId) await findEndpointById(ctx, facts.endpointId);
  await refuseUnknown(ctx, { ...facts, leadId, scribeId });
  await transact(ctx, async (ctx) => {
    const incident = await lockIncident(ctx, number);
    if (incident.state === "closed") {
      throw new DomainError("conflict", "The incident is closed; you can still add notes to its timeline.");
    }
    if (incident.state === "merged") {
      throw new DomainError("conflict", "The incident is a part of another one. Edit that one, or split it off.");
    }
    if (facts.startedAt && facts.startedAt > incident.detectedAt) {
      const words = "The start must be before the detection time.";
      throw new DomainError("invalid", words, { field: "startedAt" });
    }
    const before = IncidentRoles.parse(incident.roles);
    const roles = {
      lead: leadId === undefined ? before.lead : leadId,
      scribe: scribeId === undefined ? before.scribe : scribeId,
    };
    const [changed] = await ctx.db
      .update(incidents)
      .set({ ...facts, roles, revision: sql`${incidents.revision} + 1` })
      .where(thisIncident(ctx, incident.id))
      .returning();
    if (!changed) throw new Error("The incident no longer exists.");
    for (const words of wordsOf(incident, facts))
      await addTimelineEvent(ctx, incident.id, { kind: "edit", title: words });
    if (title !== undefined && title !== facts.title) {
      await addTimelineEvent(ctx, incident.id, { kind: "edit", title: "Title shortened", body: title });
    }
    if (leadId !== undefined && leadId !== before.lead) {
      const { lead } = await loadIncident(ctx, await findIncident(ctx, number));
      const title = lead ? `${lead.name} leads` : "Incident lead removed";
      await addTimelineEvent(ctx, incident.id, { kind: "action", title });
    }
    if (facts.runbookId) await tickPast(ctx, { id: incident.id, runbookId: facts.runbookId });
    if (facts.startedAt || facts.endpointId) {
      await attachFacts(ctx, incident.id);
      await measureIncident(ctx, changed);
    }
    await record(ctx, "incident.updated", { subject: `incident/${number}`, after: { ...facts, ...roles } });
    await publish(ctx, "incident", incident.id);
  });
  return loadIncident(ctx, await findIncident(ctx, number));
}

type Facts = Omit<ReturnType<typeof UpdateIncident.parse>, "number" | "leadId" | "scribeId">;

function wordsOf(before: Pick<typeof incidents.$inferSelect, "title" | "cause" | "startedAt">, facts: Facts): string[] {
  const words: string[] = [];
  if (facts.title !== undefined && facts.title !== before.title) words.push(`Title changed from “${before.title}”`);
  if (facts.cause !== undefined && facts.cause !== before.cause) {
    words.push(`Cause: ${facts.cause ?? "unknown"} (was ${before.cause ?? "unknown"})`);
  }
  if (facts.startedAt && facts.startedAt.getTime() !== before.startedAt.getTime()) {
    words.push(`Start corrected to ${facts.startedAt.toISOString()} (was ${before.startedAt.toISOString()})`);
  }
  return words;
}
