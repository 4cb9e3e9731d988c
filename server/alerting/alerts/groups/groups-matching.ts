import { and, eq, gte, inArray } from "drizzle-orm";
import { alertEvents, alertGroupMembers, alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { Matcher } from "../matchers/contract.ts";
import { matchesAll } from "../matchers/matches.ts";

/**
 * Returns the groups with an alert that all matchers match: open ones by their members; ended ones by their history because their members
 * are deleted. Regular expressions are evaluated here because those of Postgres differ.
 * @param endedSince earliest end of ended groups; 30 days ago if omitted
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
