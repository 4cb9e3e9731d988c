import { and, eq } from "drizzle-orm";
import { alertGroups, incidents } from "#db/schema/index.ts";
import { linkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { permitAnyEndpoint } from "#server/serve/endpoints/permit-endpoint.ts";
import { attachFacts } from "./attach-facts.ts";
import { DeclareIncident, type Incident } from "./contract.ts";
import { findIncident, lockNumbers, nextNumber } from "./incident-rows.ts";
import { addLink } from "./links/add-link.ts";
import { loadIncident } from "./load-incident.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

type Input = ReturnType<typeof DeclareIncident.parse>;

/**
 * Declares an incident manually: in triage, with no earlier detection. Attaches the changes just before it.
 * @throws DomainError "not-found" for the endpoint, group, team or runbook; "invalid" for a start in the future; "conflict" when the
 * group has one
 */
export async function declareIncident(
  ctx: Context,
  input: DeclareIncident,
  idempotencyKey?: string,
): Promise<Incident> {
  permit(ctx, "declareIncident");
  const values = DeclareIncident.parse(input);
  if (values.startedAt && values.startedAt.getTime() > Date.now()) {
    throw new DomainError("invalid", "The start is in the future. Enter a time in the past.", {
      field: "startedAt",
    });
  }
  if (values.endpointId) await findEndpointById(ctx, values.endpointId);
  else permitAnyEndpoint(ctx, "declare incidents without an endpoint");
  if (values.groupId) permitAnyEndpoint(ctx, "declare incidents for groups of alerts");
  await refuseUnknown(ctx, values);
  const { number } = await once(ctx, "declareIncident", idempotencyKey, values, (ctx) => declare(ctx, values));
  return loadIncident(ctx, await findIncident(ctx, number));
}

function declare(ctx: Context, input: Input): Promise<{ number: number }> {
  return transact(ctx, async (ctx) => {
    // Locks the group first, because paging holds it when it takes a number.
    const startsAt = input.groupId ? await lockFreeGroup(ctx, input.groupId) : undefined;
    await lockNumbers(ctx);
    const { workspaceId, name: declaredBy } = ctx.actor;
    const { title, severity, endpointId, runbookId, teamId, groupId, note } = input;
    const now = new Date();
    const startedAt = input.startedAt ?? startsAt ?? now;
    const number = await nextNumber(ctx);
    const [row] = await ctx.db
      .insert(incidents)
      .values({
        workspaceId,
        number,
        title: shortTitle(title),
        severity,
        endpointId,
        runbookId,
        teamId,
        declaredBy,
        startedAt,
        state: "triage",
        isFoundByMachine: groupId !== undefined,
        detectedAt: now,
        createdAt: now,
      })
      .returning({ id: incidents.id });
    if (!row) throw new Error("The incident was not inserted.");
    await addTimelineEvent(ctx, row.id, {
      at: now,
      kind: "state",
      title: `Declared as ${severity} by ${declaredBy}: ${title}`,
      ...(note && { body: note }),
    });
    if (groupId) {
      await linkGroup(ctx, groupId, row.id);
      await addLink(ctx, row.id, { kind: "alert-group", ref: groupId, title });
    }
    await attachFacts(ctx, row.id, { findsStart: input.startedAt === undefined });
    await record(ctx, "incident.declared", { subject: `incident/${number}`, after: { title, severity, startedAt } });
    await publish(ctx, "incident", row.id);
    return { number };
  });
}

async function lockFreeGroup(ctx: Context, groupId: string): Promise<Date> {
  const [group] = await ctx.db
    .select({ incidentId: alertGroups.incidentId, createdAt: alertGroups.createdAt })
    .from(alertGroups)
    .where(and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)))
    .for("update");
  if (!group) throw new DomainError("not-found", "Alert group not found.", { field: "groupId" });
  if (group.incidentId)
    throw new DomainError("conflict", "This alert group already has an incident. Open that one instead.");
  return group.createdAt;
}
