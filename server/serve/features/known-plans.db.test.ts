import { expect, test } from "vitest";
import { loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { KnownPlans } from "./known-plans.ts";

test(
  "keeps plans up to a number of columns, the latest ones",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
    const plans = new KnownPlans(3);
    const plan = (...names: string[]) =>
      plans.get(definitions, { features: names.map((name) => `driver_stats:${name}`), fullNames: false });
    const first = plan("conv_rate", "acc_rate");
    const second = plan("acc_rate");
    expect(plan("conv_rate", "acc_rate")).toBe(first);
    // Two more columns: the first plan makes room, the second stays.
    plan("conv_rate", "avg_daily_trips");
    expect(plan("acc_rate")).toBe(second);
    expect(plan("conv_rate", "acc_rate")).not.toBe(first);
  }),
);
