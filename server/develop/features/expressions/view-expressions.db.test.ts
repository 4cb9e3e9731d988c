import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import type { DefineFeatureView, LookUpAnswer } from "../contract.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { writeFeatures } from "../writes/write-features.ts";

const event = "2026-03-01T12:30:00Z";

const rides: DefineFeatureView = {
  name: "rides",
  entities: ["driver"],
  features: [
    { name: "trips", type: "int64" },
    { name: "hours", type: "float64" },
  ],
  requestInputs: [
    { name: "bonus", type: "int64" },
    { name: "unused", type: "string" },
  ],
  expressions: [
    { name: "busy", type: "bool", at: "arrival", cel: "per_hour > 2.0" },
    { name: "per_hour", type: "float32", at: "arrival", cel: "double(trips) / hours" },
    { name: "hour", type: "int32", at: "arrival", cel: "event_timestamp.getHours('Europe/Lisbon')" },
    { name: "share", type: "int64", at: "look-up", cel: "100 / trips" },
    { name: "boosted", type: "int64", at: "look-up", cel: "trips + bonus + share + driver_id" },
    {
      name: "against_daily",
      type: "float64",
      at: "look-up",
      cel: "daily == null ? -1.0 : double(trips) / double(daily)",
      inputs: { daily: "driver_stats:avg_daily_trips" },
    },
  ],
};

async function setUp(ctx: Context): Promise<void> {
  await newDriverStats(ctx, { ttlUs: null });
  await defineFeatureView(ctx, rides);
  await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1, event, 20]]) });
}

/** Rows of `rides` by driver. */
const rows = (cells: [driver: number, trips: number | null, hours: number | null][]) => ({
  view: "rides",
  columns: {
    driver_id: cells.map(([driver]) => driver),
    trips: cells.map(([, trips]) => trips),
    hours: cells.map(([, , hours]) => hours),
    event_timestamp: cells.map(() => event),
  },
});

const shown = ({ columns }: LookUpAnswer) => Object.fromEntries(columns.map(({ name, values }) => [name, values]));
const look = (ctx: Context, names: string[], entities: Record<string, unknown[]>) =>
  lookUpFeatures(ctx, { features: names.map((name) => `rides:${name}`), entities });

test(
  "evaluates expressions when rows arrive, in the order of their use, and stores what they give",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    await writeFeatures(ctx, rows([[1, 10, 4], [2, 1, 4], [3, null, 4]])); // biome-ignore format: a table
    expect(shown(await look(ctx, ["per_hour", "busy", "hour"], { driver_id: [1, 2, 3, 4] }))).toEqual({
      per_hour: [2.5, 0.25, null, null],
      busy: [true, false, null, null],
      hour: [12, 12, 12, null],
    });
  }),
);

test(
  "rejects rows for which an expression fails, and names row and expression",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    await defineFeatureView(ctx, {
      ...rides,
      expressions: [{ name: "share", type: "int64", at: "arrival", cel: "100 / trips" }],
    });
    await expect(
      writeFeatures(
        ctx,
        rows([
          [1, 10, 4],
          [2, 0, 4],
        ]),
      ),
    ).rejects.toMatchObject({
      // biome-ignore format: a table
      problem: "bad-cells",
      cells: [{ row: 1, column: "share", problem: "Division by zero." }],
    });
    expect(shown(await look(ctx, ["trips"], { driver_id: [1] }))).toEqual({ trips: [null] });
  }),
);

test(
  "evaluates expressions at look-up over the row, keys, request inputs, other views and other expressions",
  inWorkspace(async (ctx) => {
    await setUp(ctx);
    await writeFeatures(ctx, rows([[1, 10, 4], [2, 0, 4]])); // biome-ignore format: a table
    const entities = { driver_id: [1, 2, 3], bonus: [5, 5, 5] };
    const answer = await look(ctx, ["boosted", "against_daily", "trips"], entities);
    expect(shown(answer)).toEqual({
      // 100 / 0 fails: what uses it is missing.
      boosted: [10n + 5n + 10n + 1n, null, null],
      against_daily: [0.5, -1, -1],
      trips: [10n, 0n, null],
    });
    expect(answer.columns[0]?.statuses).toEqual(["PRESENT", "NULL_VALUE", "NULL_VALUE"]);
    // What no expression reads need not be sent.
    await expectRefusal(look(ctx, ["boosted"], { driver_id: [1] }), "invalid", 'request input "bonus"');
    expect(shown(await look(ctx, ["share"], { driver_id: [1] }))).toEqual({ share: [10n] });
  }),
);

test(
  "gives the same at arrival and at look-up",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const cel = "hours == null ? 0.1 : (hours * 1.1 + double(trips)) / 3.0";
    await defineFeatureView(ctx, {
      ...rides,
      expressions: [
        { name: "stored", type: "float32", at: "arrival", cel },
        { name: "computed", type: "float32", at: "look-up", cel },
      ],
    });
    await writeFeatures(ctx, rows([[1, 7, 0.3], [2, 7, null], [3, null, 1e30]])); // biome-ignore format: a table
    const answer = shown(await look(ctx, ["stored", "computed"], { driver_id: [1, 2, 3] }));
    expect(answer.stored).toEqual([Math.fround((0.3 * 1.1 + 7) / 3), Math.fround(0.1), null]);
    expect(answer.computed).toEqual(answer.stored);
  }),
);

test(
  "refuses definitions whose expressions do not fit, and names them",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const define = (...expressions: NonNullable<DefineFeatureView["expressions"]>) =>
      defineFeatureView(ctx, { ...rides, expressions });
    const refuse = (text: string, ...expressions: NonNullable<DefineFeatureView["expressions"]>) =>
      expectRefusal(define(...expressions), "invalid", text);
    const one = { name: "p", type: "int64", at: "arrival" } as const;
    const late = { ...one, at: "look-up" } as const;
    await refuse('Expression "p": There is no column "bonus".', { ...one, cel: "trips + bonus" });
    await refuse("* does not take double and int.", { ...one, cel: "hours * 2" });
    await refuse("The expression gives double, but int64 is declared.", { ...one, cel: "hours" });
    await refuse('There is no column "q"', { ...one, cel: "q" }, { ...late, name: "q", cel: "trips" });
    await refuse("p → q → p", { ...late, cel: "q + 1" }, { ...late, name: "q", cel: "p + 1" });
    const inputs = { daily: "driver_stats:avg_daily_trips" };
    await refuse("known at look-up, not at arrival", { ...one, cel: "daily", inputs });
    const unknown = define({ ...late, cel: "daily", inputs: { daily: "nope:x" } });
    await expectRefusal(unknown, "not-found", 'Feature view "nope" not found');
    await define({ ...late, cel: "daily", inputs });
    const chained = { ...rides, name: "chained", requestInputs: [] };
    const expressions = [{ ...late, name: "r", cel: "x", inputs: { x: "rides:p" } }];
    await expectRefusal(
      defineFeatureView(ctx, { ...chained, expressions }),
      "invalid",
      '"rides:p" is computed at look-up',
    );
  }),
);
