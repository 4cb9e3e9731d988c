import { and, asc, eq, type SQL } from "drizzle-orm";
import { alertGroups, incidents } from "#db/schema/index.ts";
import { GroupSummary } from "#server/alerting/alerts/contract.ts";
import { readMembers } from "#server/alerting/alerts/groups/group-rows.ts";
import type { Member } from "#server/alerting/alerts/groups/summarise.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rootOf } from "#server/respond/incidents/folding/family.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { GetTriage, QueueRow } from "./contract.ts";
import { hydrate } from "./queue/hydrate.ts";
import { findLine } from "./queue/queries.ts";

type Group = Omit<typeof alertGroups.$inferSelect, "summary"> & { summary: GroupSummary };

/** Subject of triage: the line of the queue with its groups, alerts and incident. */
export interface Subject {
  row: QueueRow;
  /** Groups, the one that represents the line first; empty for an incident without alerts. */
  groups: Group[];
  members: Member[];
  incident: typeof incidents.$inferSelect | undefined;
  endpoint: { id: string; name: string } | null;
}

/** Finds the subject of a group or an incident, including a resolved one. @throws DomainError "not-found" */
export async function findSubject(
  ctx: Context,
  { groupId, incident: number }: GetTriage,
  now: number,
): Promise<Subject> {
  const group = groupId === undefined ? undefined : await findGroupRow(ctx, groupId);
  const incident = await findIncidentRow(ctx, group ? { id: group.incidentId } : { number });
  if (!group && !incident) {
    throw new DomainError(
      "not-found",
      number === undefined ? "Alert group not found." : `Incident INC-${number} not found.`,
    );
  }
  const groups = incident ? await groupsOf(ctx, incident.id) : group ? [group] : [];
  const isOpen = incident && ["triage", "active", "mitigated"].includes(incident.state);
  const id = isOpen ? incident.id : (group?.id ?? incident?.id ?? "");
  const row = (await findLine(ctx, id)) ?? (await overLine(ctx, { id, groupId: group?.id ?? groups[0]?.id, incident }));
  const first = groups.find((each) => each.id === row.groupId);
  const endpointId = row.endpointId ?? incident?.endpointId ?? null;
  const endpoint = endpointId ? await findEndpointById(ctx, endpointId) : null;
  const ids = groups.map((each) => each.id);
  return {
    row,
    incident,
    groups: first ? [first, ...groups.filter((each) => each !== first)] : groups,
    members: ids.length > 0 ? await readMembers(ctx, ids, now) : [],
    endpoint: endpoint && { id: endpoint.id, name: endpoint.name },
  };
}

async function overLine(
  ctx: Context,
  { id, groupId, incident }: { id: string; groupId: string | undefined; incident: Subject["incident"] },
): Promise<QueueRow> {
  const line = {
    id,
    groupId: groupId ?? null,
    incidentId: incident?.id ?? null,
    place: 0,
    alerts: 0,
    groups: groupId ? 1 : 0,
    unacknowledged: null,
  };
  const [row] = await hydrate(ctx, [{ ...line, state: "quiet" }]);
  if (!row) throw new DomainError("not-found", "This item no longer exists. See the queue for open items.");
  return row;
}

async function findGroupRow(ctx: Context, id: string): Promise<Group | undefined> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db
    .select()
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, workspaceId), eq(alertGroups.id, id)));
  return row && { ...row, summary: GroupSummary.parse(row.summary) };
}

async function groupsOf(ctx: Context, incidentId: string): Promise<Group[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select()
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, workspaceId), eq(alertGroups.incidentId, incidentId)))
    .orderBy(asc(alertGroups.createdAt));
  return rows.map((row) => ({ ...row, summary: GroupSummary.parse(row.summary) }));
}

async function findIncidentRow(ctx: Context, { id, number }: { id?: string | null; number?: number | undefined }) {
  if (!id && number === undefined) return undefined;
  const which = id ? eq(incidents.id, id) : eq(incidents.number, number as number);
  const row = await readIncident(ctx, which);
  // What there is to do about a merged incident is on the line of the one that has its alerts.
  return row?.state === "merged" ? readIncident(ctx, eq(incidents.number, await rootOf(ctx, row))) : row;
}

async function readIncident(ctx: Context, which: SQL) {
  const [row] = await ctx.db
    .select()
    .from(incidents)
    .where(and(eq(incidents.workspaceId, ctx.actor.workspaceId), which));
  return row;
}
