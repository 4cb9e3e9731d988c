import { sql } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Incident, SetIncidentSeverity } from "./contract.ts";
import { findIncident, lockIncident, thisIncident } from "./incident-rows.ts";
import { loadIncident } from "./load-incident.ts";
import { notifySeverityRaised } from "./notify-severity-raised.ts";
import { refuseStale } from "./refuse-stale.ts";
import { isRaised } from "./states/decide-move.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

/**
 * Sets the severity of an incident; raising it notifies everyone who was paged again. Confirming the severity of one in triage does not
 * change its state: `moveIncident` does.
 * @throws DomainError "not-found"; "conflict" when it is closed or cancelled, has that severity, or has changed
 */
export async function setIncidentSeverity(ctx: Context, input: SetIncidentSeverity): Promise<Incident> {
  permit(ctx, "setIncidentSeverity");
  const { number, severity, reason, revision } = SetIncidentSeverity.parse(input);
  await transact(ctx, async (ctx) => {
    const incident = await lockIncident(ctx, number);
    refuseStale(incident, revision);
    const { id, severity: before, state } = incident;
    if (state === "closed" || state === "cancelled" || state === "merged") {
      throw new DomainError("conflict", `The severity cannot be changed because the incident is ${state}.`, {
        field: "severity",
      });
    }
    if (before === severity) {
      throw new DomainError("conflict", `The severity is already ${severity}.`, { field: "severity" });
    }
    const [changed] = await ctx.db
      .update(incidents)
      .set({ severity, revision: sql`${incidents.revision} + 1` })
      .where(thisIncident(ctx, id))
      .returning();
    if (!changed) throw new Error("The incident no longer exists.");
    const verb = isRaised(before, severity) ? "Raised" : "Lowered";
    const title = `${verb} from ${before} to ${severity}${reason && `: ${reason}`}`;
    await addTimelineEvent(ctx, id, { kind: "severity", title });
    if (isRaised(before, severity))
      await notifySeverityRaised(ctx, { ...changed, endpoint: incident.endpoint }, before);
    const change = { before: { severity: before }, after: { severity, title: incident.title } };
    await record(ctx, "incident.severity-set", {
      subject: `incident/${number}`,
      ...change,
      reason: reason || undefined,
    });
    await publish(ctx, "incident", id);
  });
  return loadIncident(ctx, await findIncident(ctx, number));
}
