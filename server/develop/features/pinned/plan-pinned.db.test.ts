import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import type { DefineFeatureView } from "../contract.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { deleteFeatureView } from "../definitions/delete-feature-view.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { postgresRows } from "../rows/postgres-rows.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { answerPinned } from "./answer-pinned.ts";
import type { PinnedFeatures } from "./contract.ts";
import { noteFeatureUses } from "./note-uses.ts";
import { pinFeatures } from "./pin-features.ts";
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
async function find(ctx: Context, pinned: PinnedFeatures, cells: Record<string, unknown[]> = { driver_id: [5] }) {
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const { columns } = await answerPinned(definitions, pinned, cells, { rows: postgresRows(ctx.db) });
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
      problems: ['The feature view "driver_stats" is not for look-ups: it is offline.'],
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
      problems: ['The feature view "driver_stats" has other keys now than in version 1.'],
    });
    const features = ["driver_stats@v1:avg_daily_trips"];
    await expect(lookUpFeatures(ctx, { features, entities: { driver_id: [5] } })).rejects.toThrow(
      'View "driver_stats" has other keys now than in version 1, so that version has no rows.',
    );
  }),
);

const customer: DefineFeatureView = {
  name: "customer",
  entities: ["customer"],
  features: [
    { name: "income", type: "float64" },
    { name: "age", type: "int64" },
  ],
};

/** A view that computes from another one, and what is pinned of it. */
async function newComputed(ctx: Context): Promise<PinnedFeatures> {
  await newDriverStats(ctx, { ttlUs: null });
  await defineFeatureEntity(ctx, { name: "customer", joinKey: "customer_id", type: "int64" });
  await defineFeatureView(ctx, customer);
  await defineFeatureView(ctx, {
    name: "risk",
    entities: ["driver"],
    features: [{ name: "score", type: "float64" }],
    expressions: [
      {
        name: "monthly",
        type: "float64",
        at: "look-up",
        cel: "income / 12.0",
        inputs: { income: "customer:income" },
      },
      { name: "doubled", type: "float64", at: "look-up", cel: "score * 2.0" },
    ],
  });
  const times = { event_timestamp: [event] };
  await writeFeatures(ctx, { view: "customer", columns: { customer_id: [7], income: [24], age: [30], ...times } });
  await writeFeatures(ctx, { view: "risk", columns: { driver_id: [5], score: [3], ...times } });
  return pinFeatures(await loadDefinitions(ctx.db, ctx.actor.workspaceId), {
    features: ["risk:monthly", "risk:doubled"],
    keys: {},
    columns: ["monthly", "doubled"],
  });
}

const force = "test";
const withoutIncome = { ...customer, features: customer.features.slice(1) };
const asText = { ...customer, features: [{ name: "income", type: "string" as const }, ...withoutIncome.features] };
test.each<[string, (ctx: Context) => Promise<unknown>, string]>([
  ["deleted", (ctx) => deleteFeatureView(ctx, { name: "customer", force }), 'Feature view "customer" not found'],
  [
    "offline",
    (ctx) => defineFeatureView(ctx, { ...customer, isOnline: false, force }),
    '"customer" is not for look-ups',
  ],
  [
    "without the feature",
    (ctx) => defineFeatureView(ctx, { ...withoutIncome, force }),
    'View "customer" has no feature "income"',
  ],
  ["with another type", (ctx) => defineFeatureView(ctx, { ...asText, force }), "does not take string and double"],
  [
    "with other keys",
    async (ctx) => {
      await defineFeatureEntity(ctx, { name: "account", joinKey: "account_id", type: "int64" });
      await defineFeatureView(ctx, { ...customer, entities: ["account"], force });
    },
    'It reads "customer:income", which has the key "account_id" (int64) by now.',
  ],
])("finds nothing of what is computed from a view that is %s", async (_, change, why) => {
  await inWorkspace(async (ctx) => {
    const pinned = await newComputed(ctx);
    const cells = { driver_id: [5], customer_id: [7] };
    expect(await find(ctx, pinned, cells)).toEqual({ found: { monthly: [2], doubled: [6] }, problems: [] });
    await change(ctx);
    const { found, problems } = await find(ctx, pinned, cells);
    expect(found).toEqual({ doubled: [6] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('The feature view "risk" cannot compute "monthly".');
    expect(problems[0]).toContain(why);
    // An endpoint that uses it can still be changed, as by a rollout that ends.
    await noteFeatureUses(ctx, { kind: "endpoint", id: "e", name: "eta" }, [pinned]);
  })();
});

test(
  "names features that an expression of the version reads and the view no longer has",
  inWorkspace(async (ctx) => {
    const pinned = await newComputed(ctx);
    await defineFeatureView(ctx, {
      name: "risk",
      entities: ["driver"],
      features: [{ name: "rank", type: "float64" }],
      expressions: [
        { name: "monthly", type: "float64", at: "look-up", cel: "rank" },
        { name: "doubled", type: "float64", at: "look-up", cel: "rank" },
      ],
      force,
    });
    const { problems } = await find(ctx, pinned, { driver_id: [5], customer_id: [7] });
    expect(problems).toEqual(['The feature view "risk" no longer has the feature "score".']);
  }),
);
