import { and, eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { GroupSummary } from "#server/alerting/alerts/contract.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

/** Alert group of a page. */
export interface CalledGroup {
  id: string;
  groupKey: string;
  labels: Record<string, string>;
  summary: GroupSummary;
  incidentId: string | null;
  isResolved: boolean;
}

/** Finds the group of a page. @throws DomainError "not-found" */
export async function findGroup(ctx: Context, groupId: string): Promise<CalledGroup> {
  const [row] = await ctx.db
    .select()
    .from(alertGroups)
    .where(and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)));
  if (!row) throw new DomainError("not-found", "Alert group not found. See Alerts for open groups.");
  return {
    id: row.id,
    groupKey: row.groupKey,
    labels: row.labels,
    summary: GroupSummary.parse(row.summary),
    incidentId: row.incidentId,
    isResolved: row.endedAt !== null,
  };
}
