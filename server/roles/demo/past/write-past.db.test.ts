import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { incidents, notifications, servingHours, servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { getOverview } from "#server/report/overview/queries.ts";
import { getReport } from "#server/report/reports/get-report.ts";
import { nameOf, periodOf, spanOf, stepped } from "#server/report/reports/periods.ts";
import { getReview } from "#server/report/reports/reviews/get-review.ts";
import { getIncident, listIncidents } from "#server/respond/incidents/queries.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { setPrices } from "#server/watch/cost/prices/set-prices.ts";
import { readCosts } from "#server/watch/cost/report/queries.ts";
import { availabilitySlo, modelOf, type Past, type PastEndpoint, pastEndpoints, periodDays } from "./contract.ts";
import { planPast } from "./plan-past.ts";
import { writePast } from "./write-past.ts";

const targets: Record<PastEndpoint, number> = { digits: 0.995, "digits-forms": 0.999, "flight-delay": 0.99 };

/** Deploys what the demo begins with. */
async function openDemo(ctx: Context): Promise<void> {
  for (const version of [1, 2, 3, 4]) await newVersion(ctx, { model: "digits", version });
  for (const version of [1, 2]) await newVersion(ctx, { model: "flight-delay", version });
  for (const name of pastEndpoints) {
    const { id: endpointId } = await createEndpoint(ctx, { name });
    await deployVersion(ctx, { endpointId, model: modelOf[name], version: 2, reason: "First release of the demo" });
    const period = { kind: "rolling" as const, days: periodDays[name] };
    const more = { name: availabilitySlo[name], target: targets[name], period };
    await newSlo(ctx, { kind: "availability", endpointId }, more);
    if (name !== "digits") continue;
    const quality = { kind: "realised-quality" as const, endpointId, maturityMs: 60_000, tolerance: null };
    await newSlo(ctx, quality, { name: "digits-right", target: 0.95, period: { kind: "rolling", days: 28 } });
  }
}

/** What the plan says of a period. A release that goes back to a lower version is a rollback. */
function plannedBetween(past: Past, { from, to }: { from: number; to: number }) {
  const within = ({ at }: { at: number }) => at >= from && at < to;
  const isBack = ({ endpoint, version, at }: Past["releases"][number]) =>
    (past.releases.findLast((each) => each.endpoint === endpoint && each.at < at)?.version ?? 0) > version;
  const releases = past.releases.filter(within);
  return {
    incidents: past.incidents.filter(({ startedAt }) => within({ at: startedAt })).length,
    rolledBack: releases.filter(isBack).length,
    releases: releases.length,
  };
}

async function requestsOf({ db, actor }: Context, table: typeof servingWindows | typeof servingHours) {
  const [row] = await db
    .select({ requests: sql<number>`sum(requests)::float8` })
    .from(table)
    .where(eq(table.workspaceId, actor.workspaceId));
  return row?.requests;
}

test(
  "writes a past that reports, reviews, budgets and costs agree on, once, and that wakes nobody",
  inWorkspace(async (ctx) => {
    await openDemo(ctx);
    const startedAt = Date.now();
    const past = planPast(startedAt, 5);
    await setPrices(ctx, {
      prices: [{ item: "core-hour", amount: 0.05 }],
      currency: "EUR",
      reason: "test",
      from: new Date(past.from),
    });
    expect(await writePast(ctx, 5)).toBe(true);
    expect(await writePast(ctx, 5)).toBe(false);

    for (const period of ["week", "month"] as const) {
      const named = stepped(periodOf(period, startedAt, "UTC"), -1);
      const name = nameOf(named);
      const report = await getReport(ctx, { name });
      const planned = plannedBetween(past, spanOf(named, "UTC"));
      expect(planned.incidents).toBeGreaterThan(0);
      expect(report.incidents.count.value).toBe(planned.incidents);
      expect([report.releases.released.value, report.releases.rolledBack.value]).toEqual([
        planned.releases - planned.rolledBack,
        planned.rolledBack,
      ]);
      expect(report.spend.spent.value).toBeGreaterThan(0);
      expect(report.unitCost.predictions.value).toBeGreaterThan(0);
      expect(report.objectives.models.map(({ state }) => state)).toEqual(Array(3).fill("on-target"));
      const review = await getReview(ctx, { name });
      const rowsOf = (item: string) => review.sections.find((section) => section.item === item)?.total;
      if (period === "week") expect(rowsOf("incidents")).toBe(planned.incidents);
      if (period === "week") expect(rowsOf("deploys")).toBe(planned.releases);
      expect(rowsOf("actions")).toBe(0);
    }
    const costs = await readCosts(ctx, { month: nameOf(stepped(periodOf("month", startedAt, "UTC"), -1)) }, startedAt);
    expect(costs.rows.map(({ name }) => name).sort()).toEqual([...pastEndpoints]);

    const { incidents: listed } = await listIncidents(ctx, { limit: 100 });
    expect(listed.map(({ number }) => number)).toEqual(past.incidents.map((_, index) => index + 1).reverse());
    for (const [index, { title, impact }] of past.incidents.entries()) {
      const incident = await getIncident(ctx, { number: index + 1 });
      expect(incident).toMatchObject({ title, state: "closed", impact });
      expect(incident.impact.budgets[0]?.spent).toBeLessThan(0.5);
      if (incident.needsPostMortem) expect(incident.postMortem?.state).toBe("done");
    }
    expect(await ctx.db.select().from(notifications)).toEqual([]);
    expect(await ctx.db.select().from(incidents).where(sql`facts_due is not null`)).toEqual([]);

    const counted = past.hours.flatMap(({ windows }) => windows).reduce((sum, { requests }) => sum + requests, 0);
    expect([await requestsOf(ctx, servingWindows), await requestsOf(ctx, servingHours)]).toEqual([counted, counted]);
    const { rows: torn } = await ctx.db.execute(sql`
      select hour from serving_hours as hour
      where workspace_id = ${ctx.actor.workspaceId} and requests <> (select sum(requests) from serving_ten_minutes as part
        where part.endpoint_id = hour.endpoint_id and part.hour = hour.hour and part.version_id = hour.version_id)`);
    expect(torn).toEqual([]);

    const { releases } = await getOverview(ctx);
    expect(releases.slice(0, 3).map(({ reason, isReturn }) => [reason, isReturn])).toEqual(
      Array(3).fill(["First release of the demo", false]),
    );
  }),
);

test(
  "leaves a workspace alone in which something happened already",
  inWorkspace(async (ctx) => {
    await openDemo(ctx);
    const { id: endpointId } = await createEndpoint(ctx, { name: "other" });
    await deployVersion(ctx, { endpointId, model: "digits", version: 3 });
    await ctx.db.execute(sql`update endpoints set name = 'moved' where name = 'digits'`);
    expect(await writePast(ctx, 5)).toBe(false);
  }),
);
