import { and, eq, gte, inArray } from "drizzle-orm";
import { alertEvents, alertGroupMembers, alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { Matcher } from "../matchers/contract.ts";
import { matchesAll } from "../matchers/matches.ts";

/**
 * Groups of which an alert is matched by all matchers: open ones by their members; those that are over by their history, since their
 * members are gone. Regular expressions are not Postgres', so they are tried here.
 * @param endedSince how far back is looked for those that are over; 30 days when left out
 */
export async function groupsMatching(
  ctx: Context,
  matchers: readonly Matcher[],
  { isResolved: hasEnded, endedSince }: { isResolved: boolean; endedSince: Date | undefined },
): Promise<string[]> {
  const { workspaceId } = ctx.actor;
  const since = endedSince ?? new Date(Date.now() - 30 * dayMs);
  const rows = await ctx.db
    .select({ fingerprint: alerts.fingerprint, labels: alerts.labels })
    .from(alerts)
    .where(
      and(eq(alerts.workspaceId, workspaceId), hasEnded ? gte(alerts.updatedAt, since) : eq(alerts.isSettled, false)),
    );
  const fingerprints = rows.filter(({ labels }) => matchesAll(matchers, labels)).map(({ fingerprint }) => fingerprint);
  if (fingerprints.length === 0) return [];
  const table = hasEnded ? alertEvents : alertGroupMembers;
  const found = await ctx.db
    .selectDistinct({ groupId: table.groupId })
    .from(table)
    .where(and(eq(table.workspaceId, workspaceId), inArray(table.fingerprint, fingerprints)));
  return found.flatMap(({ groupId }) => groupId ?? []);
}
