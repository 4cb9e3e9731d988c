import { and, desc, eq, sql } from "drizzle-orm";
import { deployments, modelVersions, registeredModels } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { spendSummary } from "#server/watch/cost/report/spend-summary.ts";
import type { DaySpan } from "#server/watch/cost/spending/contract.ts";
import { dayInSql, withinDays } from "#server/watch/cost/spending/day-in-sql.ts";
import { dayOf, daysLater, daysOf, momentsOf } from "#server/watch/cost/spending/days.ts";
import { findKpi } from "../kpi-rows.ts";
import { computeReturn, type SideDays } from "./compute-return.ts";
import { GetKpiReturn, type KpiReturn } from "./contract.ts";

/**
 * Returns the effect of an endpoint's deployment on the events of a KPI: complete days after its day compared with complete days before.
 * @throws DomainError "not-found" for the KPI, the endpoint or the deployment
 */
export async function getKpiReturn(ctx: Context, input: GetKpiReturn): Promise<KpiReturn> {
  permit(ctx, "getKpiReturn");
  const { kpi, endpoint, deployment, days } = GetKpiReturn.parse(input);
  const { id: kpiId, name, definition } = await findKpi(ctx, kpi);
  const { id: endpointId } = await findEndpoint(ctx, endpoint);
  const deployed = await findDeployment(ctx, endpointId, deployment);
  const timeZone = await workspaceTimeZone(ctx);
  const day = dayOf(deployed.at.getTime(), timeZone);
  const today = dayOf(Date.now(), timeZone);
  const next = daysLater(day, 1);
  const [cut = next] = [daysLater(next, days), today].sort();
  // On its own day nothing follows it yet.
  const [, end = next] = [next, cut].sort();
  const of = { kpiId, endpointId };
  const before = await readSide(ctx, of, { from: daysLater(day, -days), to: day, timeZone });
  const after = await readSide(ctx, of, { from: next, to: end, timeZone });
  const version = `${deployed.model} v${deployed.version}`;
  const { better, unit } = definition;
  return {
    kpi: name,
    endpoint,
    version,
    deployedAt: deployed.at,
    timeZone,
    ...computeReturn({ before, after, better, unit, version }),
  };
}

async function findDeployment(ctx: Context, endpointId: string, id: number | undefined) {
  const [row] = await ctx.db
    .select({ at: deployments.deployedAt, model: registeredModels.name, version: modelVersions.version })
    .from(deployments)
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(deployments.workspaceId, ctx.actor.workspaceId),
        eq(deployments.endpointId, endpointId),
        id === undefined ? undefined : eq(deployments.id, id),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  if (!row) throw new DomainError("not-found", "Deployment not found. See the endpoint page for a list.");
  return row;
}

async function readSide(
  ctx: Context,
  { kpiId, endpointId }: { kpiId: string; endpointId: string },
  side: DaySpan,
): Promise<SideDays> {
  const moments = momentsOf(side);
  const span = { from: new Date(moments.from), to: new Date(moments.to) };
  const { rows } = await ctx.db.execute<{ day: string; events: number; value: number }>(sql`
    select ${dayInSql(sql`at`, side)} as day, count(*)::int as events, sum(value)::float8 as value from kpi_events
    where workspace_id = ${ctx.actor.workspaceId} and kpi_id = ${kpiId} and endpoint_id = ${endpointId} and ${withinDays(sql`at`, side)}
    group by 1`);
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const days = daysOf(side);
  return {
    ...span,
    events: days.map((day) => byDay.get(day)?.events ?? 0),
    values: days.map((day) => byDay.get(day)?.value ?? 0),
    cost: days.length === 0 ? null : await costOf(ctx, endpointId, span),
  };
}

/** Returns an endpoint's serving cost on complete days; null where nothing has a price. The caller has checked permissions. */
async function costOf(ctx: Context, endpointId: string, span: { from: Date; to: Date }): Promise<number | null> {
  const reader = systemContext(ctx.db, ctx.actor.workspaceId, "kpi-return");
  const { currency, endpoints } = await spendSummary(reader, span);
  if (currency === null) return null;
  return endpoints.find((endpoint) => endpoint.endpointId === endpointId)?.spent ?? null;
}
