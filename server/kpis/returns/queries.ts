import { and, desc, eq, sql } from "drizzle-orm";
import { deployments, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { dayMs } from "#server/durations.ts";
import { DomainError } from "#server/errors.ts";
import { permit } from "#server/identity/permit.ts";
import { findEndpoint } from "#server/serving/lookups.ts";
import { findKpi } from "../kpi-rows.ts";
import { computeReturn, type SideDays } from "./compute-return.ts";
import { GetKpiReturn, type KpiReturn } from "./contract.ts";
import { costOf } from "./cost-of.ts";

/**
 * What a deployment of an endpoint brought in the events of a KPI: whole days (UTC) after its day against whole days before.
 * @throws DomainError "not-found" for the KPI, the endpoint or the deployment
 */
export async function getKpiReturn(ctx: Context, input: GetKpiReturn): Promise<KpiReturn> {
  permit(ctx, "getKpiReturn");
  const { kpi, endpoint, deployment, days } = GetKpiReturn.parse(input);
  const { id: kpiId, name, definition } = await findKpi(ctx, kpi);
  const { id: endpointId } = await findEndpoint(ctx, endpoint);
  const deployed = await findDeployment(ctx, endpointId, deployment);
  const midnight = Math.floor(deployed.at.getTime() / dayMs) * dayMs;
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const of = { kpiId, endpointId };
  const before = await readSide(ctx, of, midnight - days * dayMs, midnight);
  const after = await readSide(
    ctx,
    of,
    midnight + dayMs,
    Math.max(midnight + dayMs, Math.min(midnight + (days + 1) * dayMs, today)),
  );
  const version = `${deployed.model} v${deployed.version}`;
  const { better, unit } = definition;
  return {
    ...{ kpi: name, endpoint, version, deployedAt: deployed.at },
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
        ...[eq(deployments.workspaceId, ctx.actor.workspaceId), eq(deployments.endpointId, endpointId)],
        id === undefined ? undefined : eq(deployments.id, id),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  if (!row) throw new DomainError("not-found", "There is no such deployment. The page of the endpoint lists them.");
  return row;
}

async function readSide(
  ctx: Context,
  { kpiId, endpointId }: { kpiId: string; endpointId: string },
  from: number,
  to: number,
): Promise<SideDays> {
  const span = { from: new Date(from), to: new Date(to) };
  const { rows } = await ctx.db.execute<{ day: number; events: number; value: number }>(sql`
    select floor(extract(epoch from at) / 86400)::int as day, count(*)::int as events, sum(value)::float8 as value from kpi_events
    where workspace_id = ${ctx.actor.workspaceId} and kpi_id = ${kpiId} and endpoint_id = ${endpointId}
      and at >= ${span.from.toISOString()}::timestamptz and at < ${span.to.toISOString()}::timestamptz
    group by 1`);
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const days = Array.from({ length: Math.max(0, Math.round((to - from) / dayMs)) }, (_, index) => from / dayMs + index);
  return {
    ...span,
    events: days.map((day) => byDay.get(day)?.events ?? 0),
    values: days.map((day) => byDay.get(day)?.value ?? 0),
    cost: days.length === 0 ? null : await costOf(ctx, endpointId, span),
  };
}
