import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { LookUpAnswer } from "../contract.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureService } from "../definitions/define-feature-service.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { parseTime } from "../values/parse-time.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { lookUpFeatures } from "./look-up-features.ts";

const event = "2026-03-01T12:00:00Z";
const servedAt = Number(parseTime("2026-03-01T13:00:00Z"));

/** Values and statuses by name of the column. */
const shown = ({ columns }: LookUpAnswer) =>
  Object.fromEntries(
    columns.map(({ name, values, statuses }) => [name, values.map((value, row) => [value, statuses[row]])]),
  );

/** The views of the recorded exchanges: drivers, customers, pairs of both, and one without keys. */
async function setUp(ctx: Context): Promise<void> {
  await newDriverStats(ctx);
  await defineFeatureEntity(ctx, { name: "customer", joinKey: "customer_id", type: "string" });
  const view = { ttlUs: null, source: null };
  await defineFeatureView(ctx, {
    ...view,
    name: "customer_profile",
    entities: ["customer"],
    features: [
      { name: "lifetime_value", type: "float64" },
      { name: "tier", type: "string" },
    ],
  });
  await defineFeatureView(ctx, {
    ...view,
    name: "pair",
    entities: ["driver", "customer"],
    features: [{ name: "rides", type: "int64" }],
  });
  await defineFeatureView(ctx, { ...view, name: "global_fv", features: [{ name: "fuel_price", type: "float64" }] });
  const trips = driverRows([
    [1001, event, 100],
    [1002, event, 200],
  ]);
  await writeFeatures(ctx, { view: "driver_stats", columns: trips });
  await writeFeatures(ctx, {
    view: "customer_profile",
    columns: {
      customer_id: ["c1", "c2", "5"],
      lifetime_value: [10.5, null, "NaN"],
      tier: ["gold", null, ""],
      event_timestamp: [event, event, event],
    },
  });
  await writeFeatures(ctx, {
    view: "pair",
    columns: { driver_id: [1001, 1001], customer_id: ["c1", "c2"], rides: [3, 1], event_timestamp: [event, event] },
  });
  await writeFeatures(ctx, { view: "global_fv", columns: { fuel_price: [1.5], event_timestamp: [event] } });
}

const look = (ctx: Context, features: string[], entities: Record<string, unknown[]>, more: object = {}) =>
  lookUpFeatures(ctx, { features, entities, ...more }, { servedAt });

test(
  "answers rows and features in the order of the request, with repeated and unknown keys, and echoes keys",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    const answer = await look(
      ctx,
      [
        "customer_profile:tier",
        "driver_stats:avg_daily_trips",
        "global_fv:fuel_price",
        "customer_profile:lifetime_value",
      ],
      { driver_id: ["1002", 1001.0, 9999, 1002], customer_id: ["c1", "c2", "zz", 5], unrelated: [1, 2, 3, 4] },
    );
    expect(answer.keys).toEqual([
      { name: "driver_id", type: "int64", values: [1002n, 1001n, 9999n, 1002n] },
      { name: "customer_id", type: "string", values: ["c1", "c2", "zz", "5"] },
    ]);
    expect(answer.columns.map(({ name }) => name)).toEqual(["tier", "avg_daily_trips", "fuel_price", "lifetime_value"]);
    const absent = [null, "NOT_FOUND"];
    expect(shown(answer)).toEqual({
      tier: [["gold", "PRESENT"], [null, "NULL_VALUE"], absent, ["", "PRESENT"]],
      avg_daily_trips: [[200n, "PRESENT"], [100n, "PRESENT"], absent, [200n, "PRESENT"]],
      fuel_price: Array.from({ length: 4 }, () => [1.5, "PRESENT"]),
      lifetime_value: [[10.5, "PRESENT"], [null, "NULL_VALUE"], absent, [Number.NaN, "PRESENT"]],
    });
    const [, drivers] = answer.columns;
    expect(drivers?.answer).toMatchObject({ view: "driver_stats", version: 1, ageUs: [3.6e9, 3.6e9, null, 3.6e9] });
    expect(answer.views.map(({ view }) => view)).toEqual(["customer_profile", "driver_stats", "global_fv"]);
  }),
);

test(
  "takes keys by the entity's name, finds nothing under a null key, and answers a view without keys without any",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    const named = await look(ctx, ["driver_stats:avg_daily_trips"], { driver: [1001, null] });
    expect(named.keys).toEqual([{ name: "driver_id", type: "int64", values: [1001n, null] }]);
    expect(shown(named)).toEqual({
      avg_daily_trips: [
        [100n, "PRESENT"],
        [null, "NOT_FOUND"],
      ],
    });
    expect(shown(await look(ctx, ["global_fv:fuel_price"], {}))).toEqual({ fuel_price: [[1.5, "PRESENT"]] });
    const rides = await look(ctx, ["pair:rides"], { customer_id: ["c1", "c2", null], driver_id: [1001, 1001, 1001] });
    expect(shown(rides)).toEqual({
      rides: [
        [3n, "PRESENT"],
        [1n, "PRESENT"],
        [null, "NOT_FOUND"],
      ],
    });
    const none = await look(ctx, ["driver_stats:avg_daily_trips"], { driver_id: [] });
    expect(none).toMatchObject({ rows: 0, columns: [{ values: [], statuses: [] }] });
  }),
);

test(
  "judges the limit of age to the microsecond, by the database's clock unless it is given one",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    const features = ["driver_stats:avg_daily_trips"];
    const limit = Number(parseTime(event)) + 86_400_000_000;
    const at = async (us: number) =>
      shown(await lookUpFeatures(ctx, { features, entities: { driver_id: [1001] } }, { servedAt: us }));
    expect(await at(limit)).toEqual({ avg_daily_trips: [[100n, "PRESENT"]] });
    expect(await at(limit + 1)).toEqual({ avg_daily_trips: [[null, "OUTSIDE_MAX_AGE"]] });
    await defineFeatureView(ctx, { ...driverStats, tags: { "leeway.stale": "serve" } });
    expect(await at(limit + 1)).toEqual({ avg_daily_trips: [[100n, "OUTSIDE_MAX_AGE"]] });
    const now = await lookUpFeatures(ctx, { features, entities: { driver_id: [1001] } });
    expect(Math.abs(now.servedAt - Date.now() * 1000)).toBeLessThan(60e6);
  }),
);

test(
  "reads rows of older versions by their schema",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx, { ttlUs: null });
    await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1001, event, 100]]) });
    const features = [{ name: "rating", type: "string" as const }, ...driverStats.features.slice(1)];
    await defineFeatureView(ctx, { ...driverStats, ttlUs: null, features });
    const columns = { ...driverRows([[1002, event, 200]]), rating: ["good"] };
    const { conv_rate: _, ...written } = columns;
    await writeFeatures(ctx, { view: "driver_stats", columns: written });
    const both = { driver_id: [1001, 1002] };
    expect(shown(await look(ctx, ["driver_stats:rating", "driver_stats@latest:avg_daily_trips"], both))).toEqual({
      rating: [
        [null, "NULL_VALUE"],
        ["good", "PRESENT"],
      ],
      avg_daily_trips: [
        [100n, "PRESENT"],
        [200n, "PRESENT"],
      ],
    });
    // An older version reads the newest rows, of which the newer has no such feature.
    expect(shown(await look(ctx, ["driver_stats@v1:conv_rate"], both))).toEqual({
      conv_rate: [
        [0.5, "PRESENT"],
        [null, "NULL_VALUE"],
      ],
    });
  }),
);

test(
  "looks up by a service, with aliases and other names of keys",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    const projection = { view: "driver_stats", features: ["avg_daily_trips"] };
    await defineFeatureService(ctx, {
      name: "alias_svc",
      projections: [
        { ...projection, alias: "origin", joinKeys: { driver_id: "origin_id" } },
        { ...projection, alias: "dest", joinKeys: { driver_id: "dest_id" } },
      ],
    });
    const input = { service: "alias_svc", features: ["ignored:x"], entities: { origin_id: [1001], dest_id: [1002] } };
    const answer = await lookUpFeatures(ctx, { ...input, fullNames: true }, { servedAt });
    expect(answer.keys.map(({ name }) => name)).toEqual(["origin_id", "dest_id"]);
    expect(shown(answer)).toEqual({
      origin__avg_daily_trips: [[100n, "PRESENT"]],
      dest__avg_daily_trips: [[200n, "PRESENT"]],
    });
    await expect(lookUpFeatures(ctx, input)).rejects.toMatchObject({ problem: "name-collision", code: "invalid" });
    await expect(lookUpFeatures(ctx, { ...input, service: "nope" })).rejects.toMatchObject({
      problem: "service-not-found",
    });
  }),
);

test(
  "refuses what it cannot answer, and names it",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    const refuse = (features: string[], entities: Record<string, unknown[]>, problem: string, text: string) =>
      expect(look(ctx, features, entities)).rejects.toMatchObject({ problem, message: expect.stringContaining(text) });
    const one = { driver_id: [1001] };
    await refuse(["nope:x"], one, "view-not-found", 'Feature view "nope" not found');
    await refuse(["driver_stats:nope"], one, "feature-not-present", "It has conv_rate, acc_rate, avg_daily_trips.");
    await refuse(["driver_stats:driver_id"], one, "feature-not-present", '"driver_id"');
    await refuse(["driver_stats"], one, "other", "not a feature reference");
    await refuse(["driver_stats@v7:conv_rate"], one, "other", "no version 7");
    await refuse([], one, "other", "at least one feature");
    await refuse(["driver_stats:conv_rate", "driver_stats:conv_rate"], one, "name-collision", '"conv_rate"');
    await refuse(["driver_stats:conv_rate"], { customer_id: ["c"] }, "other", 'The key "driver_id" is missing');
    await refuse(["pair:rides"], one, "other", 'The key "customer_id" is missing');
    await refuse(["driver_stats:conv_rate"], { driver_id: [1], customer_id: [] }, "other", "differ in length");
    await refuse(["driver_stats:conv_rate"], { driver_id: [1, 1001.5] }, "bad-cells", "Row 1");
    await refuse(["driver_stats:conv_rate"], { driver_id: Array(1_000_001).fill(1) }, "other", "too many");
    await expectRefusal(look(await newWorkspace(ctx.db), ["driver_stats:conv_rate"], one), "not-found");
    const writer = { ...as(ctx, "viewer"), actor: { ...ctx.actor, scopes: ["features:write"] } };
    await expectRefusal(look(writer, ["driver_stats:conv_rate"], one), "forbidden", '"features:read"');
  }),
);

test(
  "bounds an answer in bytes and in what its expressions read and make",
  inWorkspace(async (ctx) => {
    await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
    await defineFeatureView(ctx, {
      name: "notes",
      entities: ["driver"],
      source: null,
      ttlUs: null,
      features: [
        { name: "note", type: "string" },
        ...["a", "b", "c", "d"].map((name) => ({ name, type: "int64" as const })),
      ],
      expressions: [
        { name: "sum", type: "int64", at: "look-up", cel: "a + b + c + d" },
        { name: "long", type: "string", at: "look-up", cel: `string(a)${" + 'xxxxxxxxxxxxxxxxxxxx'".repeat(60)}` },
      ],
    });
    const columns = {
      driver_id: [1],
      note: ["x".repeat(60_000)],
      a: [1],
      b: [2],
      c: [3],
      d: [4],
      event_timestamp: [event],
    };
    await writeFeatures(ctx, { view: "notes", columns });
    const ids = (rows: number) => ({ driver_id: Array.from({ length: rows }, () => 1) });
    const [note] = (await look(ctx, ["notes:note"], ids(100))).columns;
    expect(note?.values.every((value) => value === columns.note[0])).toBe(true);
    await expectRefusal(look(ctx, ["notes:note"], ids(5_000)), "too-large", "more than 256");
    expect((await look(ctx, ["notes:a"], ids(5_000))).columns[0]?.values.at(-1)).toBe(1n);
    await expectRefusal(look(ctx, ["notes:sum"], ids(250_000)), "too-large", "expressions read");
    await expectRefusal(look(ctx, ["notes:long"], ids(480_000)), "too-large", "Send fewer rows");
  }),
);
