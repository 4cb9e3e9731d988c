import { and, eq, gt, inArray, ne, sql } from "drizzle-orm";
import { incidentLinks, incidents, timelineEvents } from "#db/schema/index.ts";
import { Acknowledgement } from "#server/alerting/alerts/contract.ts";
import type { StoredGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import type { Context } from "#server/base/context.ts";
import { type StoredIncident, thisIncident } from "../incident-rows.ts";
import type { Merger } from "./contract.ts";
import { changedColumns, type Rest, rebaseMerge, shapeOf, undoMerge } from "./undo-merge.ts";

interface Undone {
  whole: StoredIncident;
  part: StoredIncident;
  /** Alerts that stay. */
  rest: readonly StoredGroup[];
}

/**
 * Returns the columns of an incident that undo the merge of another one, and corrects what is stored of the merges after it. Nothing where
 * that one was merged into a third incident first: what this one got came with the third. The caller holds the numbers.
 */
export async function undoInto(
  ctx: Context,
  { whole, part, rest }: Undone,
): Promise<ReturnType<typeof changedColumns>> {
  const { merger } = part;
  if (merger?.into !== whole.number) return {};
  const parts = await ctx.db
    .select()
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        eq(incidents.state, "merged"),
        sql`(${incidents.merger}->>'into')::int = ${whole.number}`,
        ne(incidents.id, part.id),
      ),
    );
  const later = parts.flatMap(({ merger: own, ...row }) =>
    own && own.at > merger.at ? [{ ...row, merger: own }] : [],
  );
  const came = await groupIdsOf(ctx, part.id);
  const left = rest.filter(({ id }) => came.includes(id));
  const now = shapeOf(whole);
  const next = undoMerge(merger, now, {
    later: later.map((row) => ({
      ...shapeOf(row),
      pagedAt: ms(row.pagedAt),
      acknowledgedAt: ms(row.acknowledgedAt),
      state: row.merger.state,
    })),
    endpointIds: endpointsOf([...rest.map(({ summary }) => summary), ...parts]),
    hasNewPage: left.some(({ pagedAt }) => pagedAt !== null) || (await hasPaged(ctx, whole.id, rest, merger)),
    started: left.map(({ summary, createdAt }) => spanOf(summary.startsAt, createdAt.getTime())),
    acknowledgedAt: firstAcknowledgement(
      rest.filter((group) => left.includes(group) || acknowledgedAt(group) > merger.at),
    ),
    isMoved: await isMoved(ctx, whole.id, merger),
  });
  for (const { id, merger: own } of later) {
    await ctx.db
      .update(incidents)
      .set({ merger: { ...own, ...rebaseMerge(own, merger, now, next) } })
      .where(thisIncident(ctx, id));
  }
  return changedColumns(now, next);
}

/** Returns the groups that a merged incident had. */
export async function groupIdsOf(ctx: Context, incidentId: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ ref: incidentLinks.ref })
    .from(incidentLinks)
    .where(
      and(
        eq(incidentLinks.incidentId, incidentId),
        eq(incidentLinks.workspaceId, ctx.actor.workspaceId),
        eq(incidentLinks.kind, "alert-group"),
      ),
    );
  return rows.map(({ ref }) => ref);
}

/** Returns when the first of groups was acknowledged, in milliseconds since 1970; null if none is. */
export function firstAcknowledgement(groups: readonly Pick<StoredGroup, "acknowledgement">[]): number | null {
  const first = Math.min(...groups.map(acknowledgedAt).filter((at) => at > 0));
  return Number.isFinite(first) ? first : null;
}

function acknowledgedAt({ acknowledgement }: Pick<StoredGroup, "acknowledgement">): number {
  return Acknowledgement.safeParse(acknowledgement).data?.at ?? 0;
}

function spanOf(startsAt: number, detectedAt: number): Rest["started"][number] {
  return { startedAt: Math.min(startsAt, detectedAt), detectedAt };
}

function endpointsOf(items: readonly { endpointId: string | null }[]): Set<string> {
  return new Set(items.flatMap(({ endpointId }) => endpointId ?? []));
}

function ms(time: Date | null): number | null {
  return time?.getTime() ?? null;
}

/** Whether one of the groups paged, and thus joined an incident, after a merge. */
async function hasPaged(
  ctx: Context,
  incidentId: string,
  groups: readonly StoredGroup[],
  merger: Merger,
): Promise<boolean> {
  const keys = groups.map(({ id }) => `paged:${id}`);
  const isPage = inArray(timelineEvents.deduplicationKey, keys);
  return (await ctx.db.$count(timelineEvents, and(since(ctx, incidentId, merger), isPage))) > 0;
}

/** Whether an incident entered another state after a merge. */
async function isMoved(ctx: Context, incidentId: string, merger: Merger): Promise<boolean> {
  const isMove = eq(timelineEvents.kind, "state");
  return (await ctx.db.$count(timelineEvents, and(since(ctx, incidentId, merger), isMove))) > 0;
}

function since(ctx: Context, incidentId: string, { eventId, at }: Merger) {
  return and(
    eq(timelineEvents.workspaceId, ctx.actor.workspaceId),
    eq(timelineEvents.incidentId, incidentId),
    eventId === undefined ? gt(timelineEvents.recordedAt, new Date(at)) : gt(timelineEvents.id, eventId),
  );
}
