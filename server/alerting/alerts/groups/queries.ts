import { and, desc, eq, gte, ilike, inArray, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import { alertGroups, alertVerdicts, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AlertGroup, GetAlertGroup, type GroupState, ListAlertGroups, type Verdict } from "../contract.ts";
import { loadRouting } from "../routing/load-routing.ts";
import { allRoutes } from "../routing/walk-routes.ts";
import { findGroup, type StoredGroup } from "./group-rows.ts";
import { groupView } from "./group-view.ts";
import { groupsMatching } from "./groups-matching.ts";

const { summary, weight, id, endedAt, acknowledgement } = alertGroups;
const firing = sql`(${summary}->>'firing')::int`;
const muted = sql`(${summary}->>'muted')::int`;

const ofState: Record<GroupState, SQL> = {
  resolved: sql`${endedAt} is not null`,
  resolving: sql`${endedAt} is null and ${firing} = 0`,
  acknowledged: sql`${endedAt} is null and ${firing} > 0 and ${acknowledgement} is not null`,
  muted: sql`${endedAt} is null and ${firing} > 0 and ${acknowledgement} is null and ${muted} = ${firing}`,
  firing: sql`${endedAt} is null and ${firing} > 0 and ${acknowledgement} is null and ${muted} < ${firing}`,
};

/**
 * Lists groups of alerts: open ones in queue order, pages first and then by burn rate times share of the traffic; ended ones, newest first.
 * The displayed values are stored with each group, so that no alerts need counting.
 * @returns `next`, the `cursor` of the following page; undefined at the end
 */
export async function listAlertGroups(
  ctx: Context,
  input: ListAlertGroups = {},
): Promise<{ groups: AlertGroup[]; next?: string }> {
  permit(ctx, "listAlertGroups");
  const { states, severity, endpointId, teamId, ruleKey, search, ...rest } = ListAlertGroups.parse(input);
  const { matchers, endedSince, limit, cursor } = rest;
  const hasEnded = states.length === 1 && states[0] === "resolved";
  if (!hasEnded && states.includes("resolved")) {
    throw new DomainError("invalid", "Resolved groups cannot be combined with other states; list them separately.", {
      field: "states",
    });
  }
  const is = (name: string, value: string | undefined) =>
    value === undefined ? undefined : sql`${summary}->>${sql.raw(`'${name}'`)} = ${value}`;
  const rows = await ctx.db
    .select()
    .from(alertGroups)
    .where(
      and(
        eq(alertGroups.workspaceId, ctx.actor.workspaceId),
        // The same words as those of the index.
        hasEnded ? isNotNull(endedAt) : isNull(endedAt),
        hasEnded ? undefined : or(...states.map((state) => ofState[state])),
        is("severity", severity),
        is("endpointId", endpointId),
        is("teamId", teamId),
        is("ruleKey", ruleKey),
        search ? searched(search) : undefined,
        endedSince === undefined ? undefined : gte(endedAt, endedSince),
        matchers.length === 0
          ? undefined
          : inArray(id, await groupsMatching(ctx, matchers, { isResolved: hasEnded, endedSince })),
        cursor === undefined ? undefined : after(cursor, hasEnded),
      ),
    )
    .orderBy(hasEnded ? desc(endedAt) : desc(weight), desc(id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const next = last && `${hasEnded ? last.endedAt?.toISOString() : last.weight}_${last.id}`;
  return { groups: await views(ctx, page), ...(next !== undefined && { next }) };
}

/** Returns one group, open or ended. @throws DomainError "not-found" */
export async function getAlertGroup(ctx: Context, input: GetAlertGroup): Promise<AlertGroup> {
  permit(ctx, "getAlertGroup");
  return viewOf(ctx, await findGroup(ctx, GetAlertGroup.parse(input).groupId));
}

/** Returns a group as the UI shows it. */
export async function viewOf(ctx: Context, group: StoredGroup): Promise<AlertGroup> {
  const [view] = await views(ctx, [group]);
  return view as AlertGroup;
}

async function views(ctx: Context, groups: readonly StoredGroup[]): Promise<AlertGroup[]> {
  if (groups.length === 0) return [];
  const { routing } = await loadRouting(ctx);
  const routes = new Map(allRoutes(routing).map((route) => [route.path, route]));
  const rows = await ctx.db
    .select({ groupId: alertVerdicts.groupId, verdict: alertVerdicts.verdict })
    .from(alertVerdicts)
    .where(
      and(
        eq(alertVerdicts.workspaceId, ctx.actor.workspaceId),
        inArray(
          alertVerdicts.groupId,
          groups.map((group) => group.id),
        ),
      ),
    );
  const given = new Map<string, Verdict>(rows.map(({ groupId, verdict }) => [groupId, verdict]));
  const numbers = await incidentNumbers(
    ctx,
    groups.flatMap(({ incidentId }) => incidentId ?? []),
  );
  return groups.map((group) =>
    groupView(group, {
      route: routes.get(group.routePath),
      verdict: given.get(group.id) ?? null,
      incidentNumber: numbers.get(group.incidentId ?? "") ?? null,
    }),
  );
}

async function incidentNumbers({ db, actor }: Context, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: incidents.id, number: incidents.number })
    .from(incidents)
    .where(and(eq(incidents.workspaceId, actor.workspaceId), inArray(incidents.id, [...ids])));
  return new Map(rows.map(({ id, number }) => [id, number]));
}

function searched(search: string): SQL | undefined {
  const like = `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return or(
    sql`${summary}->>'title' ilike ${like}`,
    sql`${summary}->>'service' ilike ${like}`,
    ilike(alertGroups.groupKey, like),
  );
}

function after(cursor: string, hasEnded: boolean): SQL {
  const [sortKey = "", groupId = ""] = cursor.split("_");
  const isPosition = hasEnded ? !Number.isNaN(Date.parse(sortKey)) : sortKey !== "" && Number.isFinite(Number(sortKey));
  if (!isPosition || !/^[0-9a-f-]{36}$/.test(groupId)) {
    throw new DomainError("invalid", "Invalid cursor for this list. Omit it to start from the beginning.");
  }
  if (hasEnded)
    return sql`(date_trunc('milliseconds', ${endedAt}), ${id}) < (${sortKey}::timestamptz, ${groupId}::uuid)`;
  return sql`(${weight}, ${id}) < (${Number(sortKey)}::float8, ${groupId}::uuid)`;
}
