import { expect, test } from "vitest";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { OnlineFeatures } from "./online-features.ts";

test(
  "reads definitions again for a row of a version that it does not know",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    // It hears of no change.
    const features = new OnlineFeatures({ db: ctx.db, feed: { subscribe: () => () => {} }, cacheBytes: 0 });
    const look = async () => {
      const entities = { driver_id: [1001] };
      const wanted = { features: ["driver_stats:conv_rate"], service: undefined, entities, fullNames: false };
      return (await features.lookUp(ctx, wanted)).columns[0]?.values;
    };
    expect(await look()).toEqual([null]);
    const rating = { name: "rating", type: "float64" as const };
    await defineFeatureView(ctx, { ...driverStats, features: [...driverStats.features, rating] });
    const columns = { ...driverRows([[1001, new Date().toISOString(), 1]]), rating: [5] };
    await writeFeatures(ctx, { view: "driver_stats", columns });
    expect(await look()).toEqual([0.5]);
  }),
);
