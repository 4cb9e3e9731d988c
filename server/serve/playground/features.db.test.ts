import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { setPipeline } from "#server/develop/registry/pipeline/set-pipeline.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newBench } from "#server/testing/fixtures/serving/playground/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const { playground, runner, models, close } = await newBench();
afterAll(close);

await newDriverStats(ctx);
await defineFeatureView(ctx, {
  ...driverStats,
  expressions: [{ name: "busy", type: "float64", at: "look-up", cel: "double(avg_daily_trips) / capacity" }],
  requestInputs: [{ name: "capacity", type: "float64" }],
});
await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1001, new Date().toISOString(), 6]]) });
const { id: versionId } = await newVersion(ctx, { model: "eta" }, models);
const columns = ["conv_rate", "acc_rate", "busy", "hour"].map((name) => ({ name, datatype: "FP32" as const }));
const references = ["conv_rate", "acc_rate", "busy"].map((name) => `driver_stats:${name}`);
const policy = { stale: "reject", missing: "reject", unknown: "impute" } as const;
await setPipeline(ctx, {
  name: "eta",
  version: 1,
  pipeline: {
    before: [
      { kind: "features", features: references, policy, defaults: { conv_rate: 1, acc_rate: 2, busy: 3 } },
      { kind: "columns", columns, into: "x" },
    ],
  },
});

const input = (name: string, datatype: string, value: number) => ({ name, datatype, shape: [1], data: [value] });
const asked = (driver: number) => [
  input("driver_id", "INT64", driver),
  input("capacity", "FP64", 12),
  input("hour", "FP32", 8),
];
const side = { versionId, version: 1 };
const run = async (inputs: object[]) => {
  const { ran } = await playground.run(ctx, { model: "eta", sides: [side], inputs: inputs as never });
  const [first] = ran;
  if (!first || !("answer" in first)) throw new Error(JSON.stringify(first));
  return first.answer;
};
const tensor = (data: number[]) => [{ name: "x", datatype: "FP32", shape: [1, 4], data }];

test("looks up features by key, computes expressions with the request's values, and shows both", async () => {
  const { outputs, features, seen } = await run(asked(1001));
  expect(seen).toMatchObject([{ name: "x", data: [0.5, 0.25, 0.5, 8] }]);
  expect(outputs).toEqual((await run(tensor([0.5, 0.25, 0.5, 8]))).outputs);
  expect(features?.views).toMatchObject([
    {
      view: "driver_stats",
      version: 2,
      rows: [{ key: "80000000000003e9", source: "asked" }],
      features: [
        { name: "conv_rate", values: [0.5], statuses: ["PRESENT"], sources: ["store"] },
        { name: "acc_rate", values: [0.25] },
        { name: "busy", values: [0.5], statuses: ["PRESENT"] },
      ],
    },
  ]);
});

test("imputes, and runs a request again that brings all features", async () => {
  expect((await run(asked(4711))).seen).toMatchObject([{ data: [1, 2, 3, 8] }]);
  const all = [...columns.map(({ name }, index) => input(name, "FP32", index))];
  const { seen, features } = await run(all);
  expect([seen, features]).toMatchObject([[{ data: [0, 1, 2, 3] }], null]);
});

test("looks up nothing for a token that may not read features, which may bring them", async () => {
  const limited = { ...ctx, actor: { ...ctx.actor, scopes: ["infer"] } };
  const runs = (inputs: object[]) =>
    playground.run(limited, { model: "eta", sides: [side], inputs: inputs as never }).then(({ ran }) => ran);
  await expect(runs(asked(1001))).rejects.toThrow('This token lacks the "features:read" scope.');
  await expect(runner.complete(limited, { versionId, inputs: asked(1001) })).rejects.toThrow(/"features:read"/);
  expect(await runs(tensor([0.5, 0.25, 0.5, 8]))).toMatchObject([{ answer: { features: null } }]);
});

test("explains the features, and not the keys that they are looked up by", async () => {
  const inputs = await runner.complete(ctx, { versionId, inputs: asked(1001) });
  expect(inputs.map(({ name, data }) => [name, data])).toEqual([
    ["hour", [8]],
    ["conv_rate", [0.5]],
    ["acc_rate", [0.25]],
    ["busy", [0.5]],
  ]);
});

test("describes a key that is missing as a mistake in the input", async () => {
  const inputs = [input("hour", "FP32", 8)];
  const { ran } = await playground.run(ctx, { model: "eta", sides: [side], inputs });
  expect(ran).toMatchObject([
    { problem: { kind: "input", message: "input 'driver_id' is missing; 'conv_rate', 'acc_rate', 'busy' need it" } },
  ]);
});
