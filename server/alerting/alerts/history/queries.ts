import { and, desc, eq, gte, inArray, lt, lte } from "drizzle-orm";
import { alertEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ListAlertEvents, type StoredAlertEvent } from "../contract.ts";

/**
 * Lists events of alerts, newest first; of one alert, one group or one rule, or of all.
 * @returns `next`, the `before` of the following page; undefined at the end
 */
export async function listAlertEvents(
  ctx: Context,
  input: ListAlertEvents = {},
): Promise<{ events: StoredAlertEvent[]; next?: number }> {
  permit(ctx, "listAlertEvents");
  const { fingerprint, groupId, ruleKey, kinds, from, to, limit, before } = ListAlertEvents.parse(input);
  const { workspaceId: _workspace, ...columns } = columnsOfEvents;
  const rows = await ctx.db
    .select(columns)
    .from(alertEvents)
    .where(
      and(
        eq(alertEvents.workspaceId, ctx.actor.workspaceId),
        fingerprint === undefined ? undefined : eq(alertEvents.fingerprint, fingerprint),
        groupId === undefined ? undefined : eq(alertEvents.groupId, groupId),
        ruleKey === undefined ? undefined : eq(alertEvents.ruleKey, ruleKey),
        kinds.length === 0 ? undefined : inArray(alertEvents.kind, kinds),
        from && gte(alertEvents.at, from),
        to && lte(alertEvents.at, to),
        before === undefined ? undefined : lt(alertEvents.id, before),
      ),
    )
    .orderBy(desc(alertEvents.id))
    .limit(limit + 1);
  const events = rows.slice(0, limit) as StoredAlertEvent[];
  const last = rows.length > limit ? events.at(-1) : undefined;
  return { events, ...(last && { next: last.id }) };
}

const { id, workspaceId, at, kind, fingerprint, groupId, groupKey, ruleKey, actor, ref, data } = alertEvents;
const columnsOfEvents = { id, workspaceId, at, kind, fingerprint, groupId, groupKey, ruleKey, actor, ref, data };
