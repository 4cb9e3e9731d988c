import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { endpoints } from "#db/schema/index.ts";
import { hourMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { logPredictions, newLateness } from "#server/testing/fixtures/monitoring/quality/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { MonitorSettings } from "#server/watch/monitoring/contract.ts";
import { recountHour } from "#server/watch/monitoring/quality/counts/recount-hour.ts";
import { getQuality } from "#server/watch/monitoring/quality/queries.ts";
import { getReport } from "../get-report.ts";
import { nameOf, periodOf, stepped } from "../periods.ts";
import { qualitySpan } from "./quality-span.ts";

test(
  "returns a trend for a labelled model without an SLO, which ends at the value of its cell and page",
  inWorkspace(async (ctx) => {
    const of = await newLateness(ctx);
    await deployVersion(ctx, { endpointId: of.endpointId, model: "lateness", version: 1 });
    const named = stepped(periodOf("week", Date.now(), "UTC"), -1);
    const from = Date.parse(`${named.start}T00:00:00Z`);
    const at = from + 30 * hourMs;
    const before = new Date(from - 30 * 24 * hourMs);
    await ctx.db.update(endpoints).set({ createdAt: before }).where(eq(endpoints.id, of.endpointId));
    const truths = Array.from({ length: 100 }, (_, index) => (index < 80 ? "late" : "on time"));
    await logPredictions(
      ctx,
      of,
      truths.map((truth) => ({ at: new Date(at), score: 0.9, truth, lagMs: 60_000 })),
    );
    await recountHour(ctx, {
      endpointId: of.endpointId,
      hour: at,
      settings: MonitorSettings.parse({}),
      now: Date.now(),
    });
    const { trends, portfolio, to } = await getReport(ctx, { name: nameOf(named) });
    const page = await getQuality(ctx, { endpointId: of.endpointId, ...qualitySpan({ from, to, until: to }) });
    expect(page.realised?.value).toBeCloseTo(0.8, 10);
    const [trend] = trends;
    expect(trends).toHaveLength(1);
    expect(trend).toMatchObject({ model: "lateness", measure: "accuracy, no SLO", objective: null });
    expect(trend?.points.at(-1)).toMatchObject({ value: page.realised?.value, isEstimated: false });
    expect(trend?.points.slice(0, -1).every(({ value }) => value === null)).toBe(true);
    const cell = portfolio[0]?.cells.find(({ column }) => column === "quality");
    expect(cell?.figure.text).toBe(trend?.now.text);
  }),
);
