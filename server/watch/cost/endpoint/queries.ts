import { and, eq, inArray, sql } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readCascadeReport } from "#server/serve/cascade/report-queries.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { paretoFront } from "#server/stats/pareto.ts";
import { priceAt } from "../../../serve/prices/price-segments.ts";
import { minLabels } from "../report/cost-row.ts";
import { groupDays } from "../report/grouped-days.ts";
import { readFacts } from "../savings/queries.ts";
import { readMachines } from "../savings/read-fleet.ts";
import { readVersionLatencies } from "../savings/read-version-latencies.ts";
import type { DaySpend } from "../spending/contract.ts";
import { dayOf, startOf } from "../spending/days.ts";
import type { EndpointCosts, VersionCost } from "./contract.ts";
import { readUnserved } from "./read-unserved.ts";
import { type Repeats, scenarios } from "./scenarios.ts";
import { unservedCost } from "./unserved-cost.ts";

/**
 * Reports what an endpoint cost over the last four weeks, by version, and estimates from measurements what changes would save.
 * @param endpoint its name @throws DomainError "not-found"
 */
export async function getEndpointCosts(ctx: Context, endpoint: string, now = Date.now()): Promise<EndpointCosts> {
  permit(ctx, "getEndpointCosts");
  const { id, name } = await findEndpoint(ctx, endpoint);
  const facts = await readFacts(ctx, now, { endpointId: id });
  const { currency, accuracy, days, machines, timeZone } = facts;
  const usage = facts.ledger.usage.filter(({ endpointId }) => endpointId === id);
  const span = { endpointId: id, from: new Date(now - 28 * dayMs), to: new Date(now) };
  const [repeats, latencies, fleet, names, cascade] = await sideBySide(ctx, [
    () => readRepeats(ctx, id),
    () => readVersionLatencies(ctx, [id]),
    () => readMachines(ctx),
    () =>
      readVersionNames(
        ctx,
        usage.map(({ versionId }) => versionId),
      ),
    () => readCascadeReport(ctx, span),
  ]);
  const measured = facts.endpoints.find((one) => one.name === name);
  const sum = (read: (row: DaySpend) => number) => usage.reduce((total, row) => total + read(row), 0);
  const [compute, idle, engine] = [sum((row) => row.compute), sum((row) => row.idle), sum((row) => row.engine)];
  const monthly = (spent: number) => (currency === null ? null : (spent / days) * 30);
  const served = [...names].map(([versionId, named]): VersionCost => {
    const own = usage.filter((row) => row.versionId === versionId);
    const isCurrent = measured?.versions.some((one) => one.versionId === versionId && one.isCurrent) ?? false;
    const known = accuracy.get(`${id} ${versionId}`);
    return {
      versionId,
      ...named,
      isCurrent,
      ...versionCost(own, known),
      latencyMsP95: latencies.get(`${id} ${versionId}`) ?? null,
      measuredBy: null,
      isOnFront: false,
    };
  });
  const core = priceAt(facts.ledger.book, "core-hour", "", now);
  const coreTime = {
    perCoreHour: core && core.currency === currency ? core.amount : null,
    withWaiting: compute > 0 ? (compute + idle) / compute : 1,
  };
  const unserved = await readUnserved(ctx, id, [...names.keys()]);
  const versions = [...served, ...unserved.map((one) => unservedCost(one, coreTime))];
  const front = paretoFront(
    versions.map(({ perThousand, latencyMsP95, correctShare }) => {
      return [perThousand, latencyMsP95, correctShare === null ? null : -correctShare];
    }),
  );
  const fleetSpent = machines.reduce((total, one) => total + one.compute + one.idle, 0);
  const byDay = groupDays(usage, () => "all").get("all") ?? new Map();
  return {
    endpoint: name,
    currency,
    timeZone,
    days,
    compute,
    idle,
    engine,
    spent: compute + idle + engine,
    // Today is there in part.
    byDay: [...byDay]
      .map(([day, { spent }]) => ({ day, startsAt: new Date(startOf(day, timeZone)), value: spent }))
      .filter(({ day }) => day < dayOf(now, timeZone)),
    versions: versions.map((one, at) => ({ ...one, isOnFront: front[at] ?? false })).sort((a, b) => b.spent - a.spent),
    scenarios: scenarios({
      computePerMonth: monthly(compute),
      spentPerMonth: monthly(fleetSpent),
      batches: measured?.batches ?? [],
      repeats: measured?.repeats ? repeats : [],
      versions: measured?.versions ?? [],
      fleet: fleet.length === 0 ? null : together(fleet),
      cascadeSaved: cascade?.cost.savedShare ?? null,
    }),
  };
}

/** Combines all machines that serve the workspace; adds their busiest hours as if these coincided. */
function together(fleet: Awaited<ReturnType<typeof readMachines>>) {
  const add = (read: (one: (typeof fleet)[number]) => number) => fleet.reduce((sum, one) => sum + read(one), 0);
  return {
    cores: add(({ cores }) => cores),
    maxUtilisation: add(({ maxUtilisation }) => maxUtilisation),
    hours: Math.max(...fleet.map(({ hours }) => hours)),
  };
}

type Counted = Pick<
  VersionCost,
  "spent" | "answered" | "perThousand" | "deviceMs" | "labelled" | "correctShare" | "perThousandCorrect"
>;

function versionCost(own: readonly DaySpend[], known: { labelled: number; right: number } | undefined): Counted {
  const sum = (read: (row: DaySpend) => number) => own.reduce((total, row) => total + read(row), 0);
  const spent = sum(({ compute, idle, engine }) => compute + idle + engine);
  const answered = sum((row) => (row.arm === "shadow" ? 0 : row.answered));
  const rows = sum((row) => row.rows);
  const perThousand = answered > 0 ? (spent / answered) * 1000 : null;
  const labelled = known?.labelled ?? 0;
  const correctShare = known && labelled >= minLabels ? known.right / labelled : null;
  return {
    spent,
    answered,
    perThousand,
    labelled,
    correctShare,
    deviceMs: rows > 0 ? sum(({ coreMs, gpuMs }) => coreMs + gpuMs) / rows : null,
    perThousandCorrect: perThousand !== null && correctShare ? perThousand / correctShare : null,
  };
}

const ttls = [60, 600, 3600];
const maxRequests = 5000;

/** Counts how many of the latest sampled requests with stored inputs a cache would have served, by its time to live. */
async function readRepeats(ctx: Context, endpointId: string): Promise<Repeats[]> {
  const { rows } = await ctx.db.execute<{ ttlSeconds: number; requests: number; repeated: number }>(sql`
    with latest as (
      select at, jsonb_hash_extended(inputs, 0) as input_hash from predictions
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and inputs is not null and status = 200
        and logged_reason = 'sampled' and source = 'model' and arm = 'stable' and at > now() - interval '7 days'
      order by at desc limit ${maxRequests}
    ), gaps as (
      select extract(epoch from at - lag(at) over (partition by input_hash order by at)) as seconds from latest
    )
    select ttl as "ttlSeconds", count(*)::int as requests, (count(*) filter (where seconds <= ttl))::int as repeated
    from gaps, unnest(${sql.param(ttls)}::int[]) as ttl group by ttl order by ttl`);
  return rows;
}

/** Models and numbers of versions by id; those that were deleted are absent. */
async function readVersionNames(
  ctx: Context,
  ids: readonly string[],
): Promise<Map<string, { modelName: string; version: number }>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version, modelName: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, [...new Set(ids)])));
  return new Map(rows.map(({ id, ...named }) => [id, named]));
}
