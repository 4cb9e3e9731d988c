import { expect, test } from "vitest";
import { driftWindows, registeredModels } from "#db/schema/index.ts";
import { profiled } from "#server/testing/fixtures/monitoring/drift/testing.ts";
import { newWatched } from "#server/testing/fixtures/monitoring/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { setPrices } from "#server/watch/cost/prices/set-prices.ts";
import { getReadiness } from "./readiness.ts";

test(
  "completes steps automatically",
  inWorkspace(async (ctx) => {
    const step = async (key: string) => (await getReadiness(ctx)).steps.find((each) => each.key === key);
    expect((await getReadiness(ctx)).steps.filter(({ isDone }) => isDone)).toEqual([]);
    const model = { workspaceId: ctx.actor.workspaceId, createdAt: 1, updatedAt: 1 };
    await ctx.db.insert(registeredModels).values({ ...model, name: "churn", ownerName: "Ines" });
    expect(await step("inventory")).toEqual({ key: "inventory", isDone: true, detail: "1 of 1 with an owner" });
    await ctx.db.insert(registeredModels).values({ ...model, name: "fraud" });
    expect(await step("inventory")).toEqual({ key: "inventory", isDone: false, detail: "1 of 2 with an owner" });
    const prices = [{ item: "core-hour" as const, amount: 0.04 }];
    await setPrices(ctx, { prices, currency: "EUR", reason: "the bill of April" });
    expect(await step("cost")).toMatchObject({ isDone: true });
    expect(await step("pages")).toEqual({ key: "pages", isDone: false, detail: null });
  }),
);

test(
  "completes the drift step when every serving endpoint was recently compared with a reference",
  inWorkspace(async (ctx) => {
    const step = async () => (await getReadiness(ctx)).steps.find(({ key }) => key === "drift");
    const features = profiled({ age: [1, 2, 3, 4] });
    const { endpointId, versionId, profileId } = await newWatched(ctx, { features, rows: 4 });
    expect(await step()).toEqual({ key: "drift", isDone: false, detail: "0 of 1 compared with a reference" });
    const window = {
      endpointId,
      versionId,
      profileId,
      length: "hour" as const,
      rows: 0,
      verdict: {} as never,
      features: [],
    };
    await ctx.db.insert(driftWindows).values({ ...window, workspaceId: ctx.actor.workspaceId, start: new Date() });
    expect(await step()).toMatchObject({ isDone: true, detail: "1 of 1 compared with a reference" });
  }),
);
