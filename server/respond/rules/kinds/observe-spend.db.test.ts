import { expect, test } from "vitest";
import { machineHours, usageHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { priceCores } from "#server/testing/fixtures/cost/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { setCostBudget } from "#server/watch/cost/budgets/set-cost-budget.ts";
import { observeSpend } from "./observe-spend.ts";

/** The middle of the last month that is over: what a test sees does not depend on the day on which it runs. */
const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 1, 1));
const now = +month + 15 * dayMs + 12 * hourMs;
const fromMonth = month.toISOString().slice(0, 7);
const reason = "a test";

/** Records the given core-hours a day for twenty days before a day, all busy. */
async function spend(
  ctx: Context,
  served: { endpointId: string; versionId: string },
  coreHours: (daysAgo: number) => number,
) {
  const { workspaceId } = ctx.actor;
  for (let daysAgo = 0; daysAgo < 20; daysAgo += 1) {
    const hour = new Date(now - 12 * hourMs - daysAgo * dayMs + hourMs);
    const computeMs = coreHours(daysAgo) * hourMs;
    const machine = {
      machine: "m",
      hour,
      cores: 50,
      gpus: 0,
      memoryBytes: 1,
      minutesUp: 1n,
      coreBusyMs: computeMs,
      served: 1,
    };
    await ctx.db.insert(machineHours).values(machine).onConflictDoNothing();
    await ctx.db.insert(usageHours).values({
      workspaceId,
      ...served,
      arm: "stable",
      provider: "cpu",
      machine: "m",
      hour,
      computeMs,
      requests: 10,
      answered: 10,
      rows: 10,
      cacheHits: 0,
      coalesced: 0,
    });
  }
}

const evaluate = (
  ctx: Context,
  on: "over-budget" | "spent" | "unusual",
  at: number,
  endpointId: string | null = null,
) =>
  observeSpend(
    ctx,
    { kind: "spend", on: [on], spentShare: 0.5 },
    { endpointId, createdAt: new Date(0), firing: new Set() },
    at,
  );

test(
  "reports a month forecast over budget, and is unknown without a budget",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    await priceCores(ctx, 1, new Date(now - 60 * dayMs));
    await spend(ctx, { endpointId, versionId }, (daysAgo) => 10 + (daysAgo % 2));
    const truths = async (at: number) => (await evaluate(ctx, "over-budget", at)).map(({ isTrue }) => isTrue);
    expect(await truths(now)).toEqual([null, null]);
    await setCostBudget(ctx, { endpointId, amount: 250, fromMonth, reason });
    await setCostBudget(ctx, { amount: 1000, fromMonth, reason });
    // Readings of the last five minutes are reused.
    expect(await truths(now + 60_000)).toEqual([null, null]);
    const [workspace, endpoint] = await evaluate(ctx, "over-budget", now + 6 * 60_000);
    expect(workspace).toMatchObject({ isTrue: false, endpointId: null, title: "The workspace" });
    expect(endpoint).toMatchObject({
      isTrue: true,
      limit: 250,
      endpointId,
      // The alert of the next month is another one.
      labels: { spend: "over-budget", endpoint: "digits", month: fromMonth },
    });
    expect(endpoint?.words).toContain("the budget is €250");
    const [spent] = await evaluate(ctx, "spent", now + 6 * 60_000, endpointId);
    expect(spent).toMatchObject({ isTrue: true, limit: 0.5 });
  }),
);

test(
  "reports a day with double the spend on the next day, but not a usual one",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    await priceCores(ctx, 1, new Date(now - 60 * dayMs));
    await spend(ctx, { endpointId: served.endpointId, versionId: served.versionId }, (daysAgo) =>
      daysAgo === 1 ? 25 : 10 + (daysAgo % 2),
    );
    const [, endpoint] = await evaluate(ctx, "unusual", now);
    expect(endpoint).toMatchObject({ isTrue: true });
    expect(endpoint?.words).toContain("yesterday");
    const [, later] = await evaluate(ctx, "unusual", now - dayMs);
    expect(later).toMatchObject({ isTrue: false });
  }),
);
