import { and, asc, count, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { alertEvents, alertGroups, alertVerdicts, notifications } from "#db/schema/index.ts";
import { GroupSummary, type Verdict } from "#server/alerting/alerts/contract.ts";
import type { Context } from "#server/base/context.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import { isSleepHour } from "../../../platform/teams/people/sleep-hours.ts";
import type { ShiftStatistics } from "./contract.ts";

export interface ShiftPage {
  groupId: string;
  /** Time of the first page to someone of the shift. */
  at: Date;
  severity: string;
  service: string;
  title: string;
  isSleepHour: boolean;
  isResolved: boolean;
  /** Null without feedback. */
  verdict: Verdict | null;
}

interface Window {
  userIds: readonly string[];
  from: Date;
  to: Date;
}

/** Returns the alert groups that these people were called for in a window, without duplicates, by first call. */
export async function shiftPages(ctx: Context, { userIds, from, to }: Window): Promise<ShiftPage[]> {
  if (userIds.length === 0) return [];
  const { workspaceId } = ctx.actor;
  // Delivered or not: a call that waits for its channel is still one.
  const at = sql`coalesce(${notifications.deliveredAt}, ${notifications.createdAt})`.mapWith(notifications.createdAt);
  const rows = await ctx.db
    .select({ at, userId: notifications.userId, group: alertGroups, verdict: alertVerdicts.verdict })
    .from(notifications)
    .innerJoin(alertGroups, eq(alertGroups.id, notifications.groupId))
    .leftJoin(alertVerdicts, eq(alertVerdicts.groupId, alertGroups.id))
    .where(
      and(
        eq(notifications.workspaceId, workspaceId),
        eq(notifications.kind, "escalation"),
        eq(notifications.severity, "page"),
        inArray(notifications.userId, [...userIds]),
        gte(notifications.createdAt, from),
        lt(notifications.createdAt, to),
      ),
    )
    .orderBy(asc(at));
  const people = await findPeople(ctx, userIds);
  const pages = new Map<string, ShiftPage>();
  for (const { group, userId, ...row } of rows) {
    const isAsleep = isSleepHour(row.at, people.get(userId ?? "")?.timeZone ?? "UTC");
    const before = pages.get(group.id);
    if (before) {
      before.isSleepHour ||= isAsleep;
      continue;
    }
    const { severity, service, title } = GroupSummary.parse(group.summary);
    const page = { severity, service, title, isSleepHour: isAsleep, isResolved: group.endedAt !== null };
    pages.set(group.id, { groupId: group.id, at: row.at, ...page, verdict: row.verdict });
  }
  return [...pages.values()];
}

/** Computes the statistics of a shift's pages, with the alerts merged meanwhile in the complete workspace. */
export async function statisticsOf(
  ctx: Context,
  pages: readonly ShiftPage[],
  { from, to }: { from: Date; to: Date },
): Promise<ShiftStatistics> {
  const verdicts = { actionable: 0, known: 0, noise: 0, duplicate: 0 };
  for (const { verdict } of pages) if (verdict) verdicts[verdict] += 1;
  const given = Object.values(verdicts).reduce((sum, each) => sum + each, 0);
  const [merged] = await ctx.db
    .select({ total: count() })
    .from(alertEvents)
    .where(
      and(
        eq(alertEvents.workspaceId, ctx.actor.workspaceId),
        eq(alertEvents.kind, "merged"),
        gte(alertEvents.at, from),
        lt(alertEvents.at, to),
      ),
    );
  return {
    pages: pages.length,
    nightPages: pages.filter((page) => page.isSleepHour).length,
    verdicts,
    unanswered: pages.length - given,
    precision: given === 0 ? null : verdicts.actionable / given,
    merged: merged?.total ?? 0,
  };
}
