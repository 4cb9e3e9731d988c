import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { kpiEvents, kpis } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Kpi, KpiDefinition, NamedKpi } from "./contract.ts";

const recentMs = 30 * dayMs;

/** Lists KPIs by name, with their events of the last 30 days. */
export async function listKpis(ctx: Context): Promise<Kpi[]> {
  permit(ctx, "listKpis");
  return selectKpis(ctx);
}

/** Returns one KPI, archived or not. @throws DomainError "not-found" */
export async function getKpi(ctx: Context, input: NamedKpi): Promise<Kpi> {
  permit(ctx, "getKpi");
  return loadKpi(ctx, NamedKpi.parse(input).kpi);
}

/** Loads a KPI. The caller has checked permissions. @throws DomainError "not-found" */
export async function loadKpi(ctx: Context, name: string): Promise<Kpi> {
  const [found] = await selectKpis(ctx, name);
  if (!found) throw new DomainError("not-found", `KPI "${name}" not found. See Overview, Business for a list.`);
  return found;
}

async function selectKpis(ctx: Context, name?: string): Promise<Kpi[]> {
  const since = new Date(Date.now() - recentMs).toISOString();
  const { versionId, value, at } = kpiEvents;
  const isRecent = sql`${at} >= ${since}::timestamptz`;
  const rows = await ctx.db
    .select({
      row: kpis,
      events: sql<number>`count(${at})::int`,
      value: sql<number>`coalesce(sum(${value}), 0)::float8`,
      unattributed: sql<number>`count(${at}) filter (where ${versionId} is null)::int`,
    })
    .from(kpis)
    .leftJoin(kpiEvents, and(eq(kpiEvents.kpiId, kpis.id), isRecent))
    .where(
      and(
        eq(kpis.workspaceId, ctx.actor.workspaceId),
        name === undefined ? isNull(kpis.archivedAt) : eq(kpis.name, name),
      ),
    )
    .groupBy(kpis.id)
    .orderBy(asc(kpis.name));
  return rows.map(({ row: { workspaceId, definition, ...row }, ...counts }) => ({
    ...row,
    ...counts,
    definition: KpiDefinition.parse(definition),
  }));
}
