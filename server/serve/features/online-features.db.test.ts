import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
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

test("finds nothing by key, and does not fail, while Postgres is away and nothing is in memory", async () => {
  const { db, close } = openDatabase("postgres://127.0.0.1:1/none", { max: 1, name: "leeway-test" });
  const features = new OnlineFeatures({ db, feed: { subscribe: () => () => {} }, cacheBytes: 2 ** 20 });
  const pinned = {
    keys: [{ column: "driver_id", type: "int64" as const, input: "driver_id" }],
    requestInputs: [],
    views: [
      {
        view: "driver_stats",
        version: 1,
        digest: "d",
        keyColumns: ["driver_id"],
        features: [{ column: "rate", feature: "rate", type: "float32" as const, isPii: false, isComputed: false }],
      },
    ],
  };
  const consumer = { workspaceId: randomUUID(), endpointId: undefined };
  expect(await features.find(consumer, pinned, { driver_id: [1] }, 50)).toBe(undefined);
  await features.prepare(consumer.workspaceId, pinned);
  await close();
});
