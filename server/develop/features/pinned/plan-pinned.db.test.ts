import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { postgresRows } from "../rows/postgres-rows.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { answerPinned } from "./answer-pinned.ts";
import type { PinnedFeatures } from "./contract.ts";
import { pinnedProblems } from "./plan-pinned.ts";

const event = "2026-03-01T12:00:00Z";
const feature = { column: "trips", feature: "avg_daily_trips", type: "int64" as const, isPii: false };

/** The view without a limit of age, and what is pinned to its version. */
async function newPinned(ctx: Context): Promise<PinnedFeatures> {
  await newDriverStats(ctx, { ttlUs: null });
  const { views } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const digest = views.get("driver_stats")?.current.digest as string;
  const keyColumns = ["driver_id"];
  return {
    keys: [{ column: "driver_id", type: "int64", input: "driver_id" }],
    requestInputs: [],
    views: [{ view: "driver_stats", version: 1, digest, keyColumns, features: [{ ...feature, isComputed: false }] }],
  };
}

/** Values by column, and what keeps the features from being deployed. */
async function find(ctx: Context, pinned: PinnedFeatures) {
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const { columns } = await answerPinned(definitions, pinned, { driver_id: [5] }, { rows: postgresRows(ctx.db) });
  const found = Object.fromEntries([...columns].map(([name, { values }]) => [name, values]));
  return { found, problems: pinnedProblems(definitions, pinned) };
}

test(
  "finds nothing in a view that was set offline",
  inWorkspace(async (ctx) => {
    const pinned = await newPinned(ctx);
    await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[5, event, 100]]) });
    await defineFeatureView(ctx, { ...driverStats, ttlUs: null, isOnline: false });
    expect(await find(ctx, pinned)).toEqual({
      found: {},
      problems: ['the feature view "driver_stats" is not for look-ups: it is offline.'],
    });
  }),
);

test(
  "reads no rows of another entity by the keys of a version before the keys changed",
  inWorkspace(async (ctx) => {
    const pinned = await newPinned(ctx);
    await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[5, event, 100]]) });
    expect(await find(ctx, pinned)).toEqual({ found: { trips: [100n] }, problems: [] });
    await defineFeatureEntity(ctx, { name: "rider", joinKey: "rider_id", type: "int64" });
    await defineFeatureView(ctx, { ...driverStats, ttlUs: null, entities: ["rider"] });
    const { driver_id: rider_id, ...values } = driverRows([[5, event, 200]]);
    await writeFeatures(ctx, { view: "driver_stats", columns: { rider_id, ...values } });
    expect(await find(ctx, pinned)).toEqual({
      found: {},
      problems: ['the feature view "driver_stats" has other keys now than in version 1.'],
    });
    const features = ["driver_stats@v1:avg_daily_trips"];
    await expect(lookUpFeatures(ctx, { features, entities: { driver_id: [5] } })).rejects.toThrow(
      'View "driver_stats" has other keys now than in version 1, so that version has no rows.',
    );
  }),
);
