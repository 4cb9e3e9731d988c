import { expect, test } from "vitest";
import { machineHours, predictionLabels, predictions, usageHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { MonitorSettings } from "#server/watch/monitoring/contract.ts";
import { recountHour } from "#server/watch/monitoring/quality/counts/recount-hour.ts";
import { priceCores } from "../../../testing/fixtures/cost/testing.ts";
import { setCostBudget } from "../budgets/set-cost-budget.ts";
import { getEndpointCosts } from "../endpoint/queries.ts";
import { listSavings } from "../savings/queries.ts";
import { costsCsv } from "./costs-csv.ts";
import { getCostPage, getCosts } from "./queries.ts";
import { spendSummary } from "./spend-summary.ts";

const now = Date.now();
const hour = (daysAgo: number) => new Date(Math.floor(now / dayMs) * dayMs - daysAgo * dayMs);
const at = new Date(Math.floor(now / dayMs) * dayMs - dayMs / 2);

interface Input {
  endpointId: string;
  versionId: string;
  /** Core-hours of runs; the machine has ten for the hour. */
  busy: number;
  answered?: number;
}

/** Inserts one hour of a day on a machine with ten cores. */
async function use(ctx: Context, daysAgo: number, { busy, answered = 1000, ...served }: Input) {
  const { workspaceId } = ctx.actor;
  const known = { machine: `m${daysAgo}`, hour: hour(daysAgo), cores: 10, gpus: 0, memoryBytes: 1 };
  await ctx.db
    .insert(machineHours)
    .values({ ...known, minutesUp: 2n ** 60n - 1n, coreBusyMs: busy * hourMs, served: 1 });
  const counts = { requests: answered, answered, rows: answered, cacheHits: 0, coalesced: 0, computeMs: busy * hourMs };
  await ctx.db.insert(usageHours).values({
    workspaceId,
    ...served,
    arm: "stable",
    provider: "cpu",
    machine: known.machine,
    hour: known.hour,
    ...counts,
  });
}

async function label(ctx: Context, endpointId: string, versionId: string, right: number, wrong: number) {
  const { workspaceId } = ctx.actor;
  for (let index = 0; index < right + wrong; index += 1) {
    const requestId = `${endpointId} ${index}`;
    await ctx.db.insert(predictions).values({
      id: crypto.randomUUID(),
      workspaceId,
      endpointId,
      versionId,
      arm: "stable",
      at,
      requestId,
      status: 200,
      provider: "cpu",
      latencyMs: 5,
      answer: index < right ? "a" : "b",
    });
    await ctx.db.insert(predictionLabels).values({ workspaceId, endpointId, requestId, label: "a", observedAt: at });
  }
  const settings = MonitorSettings.parse({});
  await recountHour(ctx, { endpointId, hour: at.getTime(), settings, now: Date.now() });
}

test(
  "returns the same sums on page, summary, endpoint and file, by model and by team",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    await priceCores(ctx, 1, new Date(now - 90 * dayMs));
    await createTeam(ctx, { name: "payments", endpoints: ["digits"] });
    await setCostBudget(ctx, { endpointId, amount: 500, fromMonth: "2026-01", reason: "a test" });
    for (const daysAgo of [0, 1]) await use(ctx, daysAgo, { endpointId, versionId, busy: 4 });
    const month = hour(1).toISOString().slice(0, 7);
    const spent = hour(0).toISOString().slice(0, 7) === month ? 20 : 10;
    const report = await getCosts(ctx, { month }, now);
    const [row] = report.rows;
    expect(row).toMatchObject({
      name: "digits",
      kind: "endpoint",
      spent: expect.closeTo(spent),
      busy: expect.closeTo(0.4),
    });
    expect(row).toMatchObject({ perThousand: expect.closeTo(10), perThousandCorrect: null, budget: 500, share: 1 });
    expect(report.total.spent).toBeCloseTo(spent, 8);
    expect(report.spent.at(-1)?.value).toBeCloseTo(spent, 8);
    const teams = await getCosts(as(ctx, "viewer"), { month, by: "team" }, now);
    expect(teams.rows).toMatchObject([{ name: "payments", kind: "team", spent: expect.closeTo(spent) }]);
    const machines = await getCosts(ctx, { month, by: "machine" }, now);
    expect(machines.rows.reduce((sum, one) => sum + one.spent, 0)).toBeCloseTo(spent, 8);
    const summary = await spendSummary(ctx, { from: hour(1), to: hour(-1) }, now);
    expect(summary).toMatchObject({ currency: "EUR", spent: expect.closeTo(20), answered: 2000, before: null });
    expect(summary.endpoints).toMatchObject([
      { endpointId, spent: expect.closeTo(20), perThousand: expect.closeTo(10) },
    ]);
    const { text, name } = await costsCsv(ctx, { month }, now);
    expect(name).toBe(`costs-${month}.csv`);
    const billed = text
      .trim()
      .split("\r\n")
      .slice(1)
      .map((line) => Number(line.split(",")[9]));
    expect(billed.reduce((sum, value) => sum + value, 0)).toBeCloseTo(spent, 8);
    const own = await getEndpointCosts(ctx, "digits", now);
    expect(own).toMatchObject({ spent: expect.closeTo(20), compute: expect.closeTo(8), idle: expect.closeTo(12) });
  }),
);

test(
  "requires labels for the cost per correct prediction, which rises with incorrect ones",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    await priceCores(ctx, 1, new Date(now - 90 * dayMs));
    await use(ctx, 1, { endpointId, versionId, busy: 4 });
    const month = at.toISOString().slice(0, 7);
    await label(ctx, endpointId, versionId, 20, 5);
    const first = (await getCosts(ctx, { month }, now)).rows[0];
    expect(first).toMatchObject({ labelled: 25, correctShare: null, perThousandCorrect: null });
    await label(ctx, (await newServed(ctx, "other")).endpointId, versionId, 40, 10);
    const { endpointId: second } = await newServed(ctx, "third");
    await use(ctx, 2, { endpointId: second, versionId, busy: 4 });
    await label(ctx, second, versionId, 40, 10);
    const own = await getEndpointCosts(ctx, "third", now);
    expect(own.versions).toMatchObject([
      { correctShare: 0.8, perThousand: expect.closeTo(10), perThousandCorrect: expect.closeTo(12.5) },
    ]);
    await expect(getEndpointCosts(ctx, "absent", now)).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "reports usage without spend if there is no price, and an underutilised machine as a savings opportunity",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    for (let daysAgo = 1; daysAgo < 3; daysAgo += 1) await use(ctx, daysAgo, { endpointId, versionId, busy: 1 });
    const silent = await getCosts(ctx, { month: at.toISOString().slice(0, 7) }, now);
    expect(silent).toMatchObject({ currency: null, total: { spent: 0 } });
    expect(silent.sentence.at(-1)).toMatchObject({ text: "Set prices", href: "/costs/prices" });
    expect(await listSavings(ctx, now)).toEqual({ currency: null, savings: [] });
    await priceCores(ctx, 1, new Date(now - 90 * dayMs));
    const { workspaceId } = ctx.actor;
    const known = { machine: "roomy", cores: 10, gpus: 0, memoryBytes: 1, minutesUp: 2n ** 60n - 1n, served: 1 };
    for (let back = 2; back < 30; back += 1) {
      const own = new Date(Math.floor(now / hourMs) * hourMs - back * hourMs);
      await ctx.db.insert(machineHours).values({ ...known, hour: own, coreBusyMs: hourMs });
      await ctx.db.insert(usageHours).values({
        workspaceId,
        endpointId,
        versionId,
        arm: "stable",
        provider: "cpu",
        machine: "roomy",
        hour: own,
        requests: 1,
        answered: 1,
        rows: 1,
        cacheHits: 0,
        coalesced: 0,
        computeMs: hourMs,
      });
    }
    const listed = await listSavings(ctx, now);
    const { savings } = listed;
    // From one ledger the page shows the same: for this month, and for one whose days do not reach the present.
    for (const month of [undefined, "2026-01"]) {
      const page = await getCostPage(as(ctx, "viewer"), { month }, now);
      expect(page).toEqual({ report: await getCosts(ctx, { month }, now), savings: listed });
    }
    expect(savings).toMatchObject([{ kind: "machine", subject: "roomy", share: 0.8 }]);
    expect(savings[0]?.words).toBe("2 cores instead of 10: at most 1 were busy in any hour");
  }),
);
