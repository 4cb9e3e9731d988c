import { and, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { alertGroupMembers, alertGroups, alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AlertNow, GetAlert, ListAlerts } from "./contract.ts";
import { loadMuting, type Muting } from "./groups/muting.ts";
import { matchesAll } from "./matchers/matches.ts";
import { notEvaluatedSince } from "./own-alerts.ts";
import { mutedByTime } from "./routing/time-intervals.ts";

type Row = typeof alerts.$inferSelect;
type GroupMembership = AlertNow["groups"][number] & { routePath: string };

/**
 * Lists alerts by fingerprint, with their groups and everything that mutes them now.
 * @returns `next`, the `after` of the following page; undefined at the end
 */
export async function listAlerts(ctx: Context, input: ListAlerts = {}): Promise<{ alerts: AlertNow[]; next?: string }> {
  permit(ctx, "listAlerts");
  const { state, groupId, matchers, limit, after } = ListAlerts.parse(input);
  const now = await databaseNow(ctx.db);
  const where = and(
    eq(alerts.workspaceId, ctx.actor.workspaceId),
    state === "firing" ? gt(alerts.endsAt, new Date(now)) : eq(alerts.isSettled, false),
    // Only open ones are in the index.
    eq(alerts.isSettled, false),
    groupId === undefined ? undefined : inArray(alerts.fingerprint, membersOf(ctx, groupId)),
    after === undefined ? undefined : gt(alerts.fingerprint, after),
  );
  const rows = await matching(ctx, where, { matchers, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const muting = await loadMuting(ctx, now);
  const memberships = await placementsOf(ctx, page);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    alerts: page.map((row) => alertNow(row, memberships.get(row.fingerprint) ?? [], muting)),
    ...(last && { next: last.fingerprint }),
  };
}

/** Returns one alert, even if it resolved long ago, with the values of its newest episode. @throws DomainError "not-found" */
export async function getAlert(ctx: Context, input: GetAlert): Promise<AlertNow> {
  permit(ctx, "getAlert");
  const { fingerprint } = GetAlert.parse(input);
  const ofAlert = and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.fingerprint, fingerprint));
  const [row] = await ctx.db.select().from(alerts).where(ofAlert);
  if (!row) throw new DomainError("not-found", "No alert with this fingerprint has ever been received here.");
  const memberships = await placementsOf(ctx, [row]);
  return alertNow(row, memberships.get(fingerprint) ?? [], await loadMuting(ctx, await databaseNow(ctx.db)));
}

/** Filters alerts here because Postgres has other regular expressions; ten thousand alerts take some tens of milliseconds. */
async function matching(
  ctx: Context,
  where: SQL | undefined,
  { matchers, limit }: { matchers: ListAlerts["matchers"]; limit: number },
): Promise<Row[]> {
  const query = ctx.db.select().from(alerts).where(where).orderBy(alerts.fingerprint);
  if (!matchers || matchers.length === 0) return query.limit(limit);
  const rows = await query;
  const all = matchers.map((matcher) => ({ isEqual: true, ...matcher }));
  return rows.filter(({ labels }) => matchesAll(all, labels)).slice(0, limit);
}

function membersOf(ctx: Context, groupId: string) {
  return ctx.db
    .select({ fingerprint: alertGroupMembers.fingerprint })
    .from(alertGroupMembers)
    .where(and(eq(alertGroupMembers.groupId, groupId), eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId)));
}

async function placementsOf(ctx: Context, rows: readonly Row[]): Promise<Map<string, GroupMembership[]>> {
  if (rows.length === 0) return new Map();
  const fingerprints = rows.map(({ fingerprint }) => fingerprint);
  const { id, groupKey, labels, receiver, routePath } = alertGroups;
  const found = await ctx.db
    .select({ fingerprint: alertGroupMembers.fingerprint, group: { id, groupKey, labels, receiver, routePath } })
    .from(alertGroupMembers)
    .innerJoin(alertGroups, eq(alertGroups.id, alertGroupMembers.groupId))
    .where(
      and(
        eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId),
        sql`${alertGroupMembers.fingerprint} = any(${sql.param(fingerprints)}::text[])`,
      ),
    )
    .orderBy(routePath);
  const byAlert = Map.groupBy(found, ({ fingerprint }) => fingerprint);
  return new Map([...byAlert].map(([fingerprint, all]) => [fingerprint, all.map(({ group }) => group)]));
}

function alertNow(row: Row, memberships: readonly GroupMembership[], muting: Muting): AlertNow {
  const { fingerprint, labels, annotations, startsAt, endsAt, updatedAt, generatorUrl } = row;
  const { severity, ruleKey, endpointId } = row;
  const inhibitor = muting.inhibits(labels);
  const times = memberships.flatMap(({ routePath }) => {
    const route = muting.routes.get(routePath);
    return (route && mutedByTime(route, muting.routing.timeIntervals, muting.now)?.ref) ?? [];
  });
  return {
    fingerprint,
    labels,
    annotations,
    startsAt,
    endsAt,
    updatedAt,
    generatorUrl,
    severity,
    ruleKey,
    endpointId,
    state: endsAt.getTime() > muting.now ? "firing" : "resolved",
    notEvaluatedSince: notEvaluatedSince(row, muting.now),
    silencedBy: muting.silences.filter(({ matchers }) => matchesAll(matchers, labels)).map(({ id }) => id),
    inhibitedBy: inhibitor ? [inhibitor.ref] : [],
    mutedBy: [...new Set(times)],
    groups: memberships.map(({ routePath: _path, ...group }) => group),
  };
}
