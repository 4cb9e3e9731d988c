import { expect, test } from "vitest";
import type { FeatureType } from "#server/develop/features/contract.ts";
import type { PinnedFeatures } from "#server/develop/features/pinned/contract.ts";
import { Pipeline } from "./definition.ts";
import { pipelineDigest } from "./digest.ts";
import { planPipeline } from "./plan.ts";

const model = {
  inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", 3] }],
  outputs: [{ name: "y", datatype: "FP32" as const, shape: ["N", 1] }],
};
const pinned = (type: FeatureType = "float32", rest: Partial<PinnedFeatures> = {}): PinnedFeatures => ({
  keys: [{ column: "driver_id", type: "int64", input: "driver" }],
  requestInputs: [],
  views: [
    {
      view: "driver_stats",
      version: 1,
      digest: "d",
      keyColumns: ["driver_id"],
      features: [{ column: "rate", feature: "rate", type, isPii: false, isComputed: false }],
    },
  ],
  ...rest,
});
function pipeline(part: object, datatype = "FP32") {
  const columns = [
    { name: "rate", datatype },
    { name: "hour", datatype: "FP32" },
    { name: "day", datatype: "FP32" },
  ];
  return Pipeline.parse({
    before: [
      { kind: "features", service: "eta", ...part },
      { kind: "columns", columns, into: "x" },
    ],
  });
}
const namesOf = (specs: readonly { name: string }[]) => specs.map(({ name }) => name);

test("asks clients for keys, and takes features as a choice", () => {
  const plan = planPipeline(pipeline({ pinned: pinned() }), model);
  expect(plan.problems).toEqual([]);
  expect(plan.inputs[0]).toEqual({ name: "driver", datatype: "INT64", shape: ["N"] });
  expect(namesOf(plan.inputs)).toEqual(["driver", "hour", "day"]);
  expect(namesOf(plan.optional)).toEqual(["rate"]);
  expect(namesOf(plan.content)).toEqual(["rate", "hour", "day"]);
  expect(planPipeline(pipeline({ pinned: pinned(), override: false }), model).optional).toEqual([]);
});

test("takes a key that is a column as well once", () => {
  const keys = [{ column: "hour", type: "int32" as const, input: "hour" }];
  const { problems } = planPipeline(pipeline({ pinned: pinned("float32", { keys }) }), model);
  expect(problems).toEqual(['before 1: the key "hour" is int32, but the column of that name is FP32.']);
  const requestInputs = [{ name: "day", type: "float64" as const }];
  const plan = planPipeline(pipeline({ pinned: pinned("float32", { requestInputs }) }), model);
  expect([plan.problems, namesOf(plan.inputs)]).toEqual([[], ["driver", "hour", "day"]]);
});

test("names features that their columns cannot take", () => {
  const problemsOf = (type: FeatureType, datatype: string, part: object = {}) =>
    planPipeline(pipeline({ pinned: pinned(type), ...part }, datatype), model).problems;
  const mismatch = (type: string, datatype: string) =>
    `before 1: the feature "rate" of "driver_stats" is ${type}, but the column "rate" is ${datatype}.`;
  expect(problemsOf("float64", "INT64")).toEqual([mismatch("float64", "INT64")]);
  expect(problemsOf("timestamp", "INT64")).toEqual([mismatch("timestamp", "INT64")]);
  expect(problemsOf("list<float32>", "FP32")).toEqual([mismatch("list<float32>", "FP32")]);
  expect(problemsOf("int64", "INT64")).toEqual([]);
  expect(problemsOf("int64", "INT64", { policy: { missing: "flag" } })).toEqual([
    'before 1: the policy "flag" lets missing values pass, which INT64 of "rate" cannot hold.',
  ]);
});

test.each<[object, string]>([
  [
    { within: 20 },
    'There is no "within" here. The fields are service or features, keys, policy, defaults, override, withinMs.',
  ],
  [{ policy: { old: "reject" } }, 'There is no "old" here. The fields are stale, missing, unknown.'],
  [{ policy: { stale: "drop" } }, 'Must be "reject", "impute" or "flag".'],
  [{ defaults: { rate: [1] } }, "Must be a number, a text, true or false."],
  [{ withinMs: 0.5 }, "Must be a whole number of milliseconds."],
  [
    { features: ["driver_stats:rate"] },
    'Name a feature service with "service", or list features with "features", one of the two.',
  ],
])("says what is wrong with %j", (part, message) => {
  expect(() => pipeline(part)).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ message })] }));
});

test("refuses defaults that their columns cannot hold", () => {
  const problemsOf = (rate: unknown, type: FeatureType, datatype: string) =>
    planPipeline(pipeline({ pinned: pinned(type), defaults: { rate } }, datatype), model).problems;
  const misfit = (datatype: string) => `before 1: the default of "rate" is not ${datatype}.`;
  expect(problemsOf(1e300, "float64", "FP32")).toEqual([misfit("FP32")]);
  expect(problemsOf("a\0b", "string", "BYTES")).toContain(misfit("BYTES"));
  expect(problemsOf(2 ** 31, "int32", "INT32")).toContain(misfit("INT32"));
  expect(problemsOf(-(2 ** 31), "int32", "INT32")).not.toContain(misfit("INT32"));
  expect(problemsOf(1e300, "float64", "FP64")).not.toContain(misfit("FP64"));
});

test("fills inputs of the model that no part fills, by name", () => {
  const batch = "batch";
  const own = (shape: (number | string)[], datatype: "FP32" | "BYTES" = "FP32") => ({
    inputs: [
      { name: "rate", datatype, shape },
      { name: "hour", datatype: "FP32" as const, shape: [batch, 1] },
    ],
    outputs: model.outputs,
  });
  const alone = (part: object = {}) =>
    Pipeline.parse({ before: [{ kind: "features", service: "eta", pinned: pinned(), ...part }] });
  for (const shape of [[batch], [batch, 1]]) {
    const plan = planPipeline(alone(), own(shape));
    expect(plan.problems).toEqual([]);
    expect(plan.inputs).toEqual([
      { name: "driver", datatype: "INT64", shape: [batch] },
      { name: "hour", datatype: "FP32", shape: [batch, 1] },
    ]);
    expect(plan.optional).toEqual([{ name: "rate", datatype: "FP32", shape }]);
    expect(namesOf(plan.content)).toEqual(["rate", "hour"]);
  }
  expect(planPipeline(alone({ override: false }), own([batch, 1])).optional).toEqual([]);
  expect(planPipeline(alone(), own([batch, 4])).problems).toEqual([
    'before 1: the feature "rate" of "driver_stats" is one value per row, but the model\'s input "rate" has shape [-1,4].',
  ]);
  expect(planPipeline(alone(), own([batch, 1], "BYTES")).problems).toEqual([
    'before 1: the feature "rate" of "driver_stats" is float32, but the model\'s input "rate" is BYTES.',
  ]);
  expect(planPipeline(alone(), model).problems).toEqual([
    'before 1: neither a column nor an input of the model takes the feature "rate" of "driver_stats".',
  ]);
});

test("asks for another name if a key has that of a model's input", () => {
  const keys = [{ column: "driver_id", type: "int64" as const, input: "x" }];
  const plan = planPipeline(pipeline({ pinned: pinned("float32", { keys }) }), {
    ...model,
    inputs: [...model.inputs, { name: "y", datatype: "FP32", shape: ["N", 1] }],
  });
  expect(plan.problems).toEqual([
    'The input "x" has the same name as a model input. Rename it, for example to "raw_x".',
  ]);
});

test("names defaults that do not fit", () => {
  const problemsOf = (defaults: object) => planPipeline(pipeline({ pinned: pinned(), defaults }), model).problems;
  expect(problemsOf({ rate: 0.5 })).toEqual([]);
  expect(problemsOf({ rate: "none" })).toEqual(['before 1: the default of "rate" is not FP32.']);
  expect(problemsOf({ hour: 1 })).toEqual(['before 1: there is a default for "hour", which is not looked up.']);
});

test("does not fit before its features are pinned", () => {
  expect(planPipeline(pipeline({}), model).problems).toEqual([
    "before 1: the features are not pinned yet. Set the pipeline again.",
  ]);
});

test("has another digest when a view has another version", () => {
  const [view] = pinned().views;
  const later = { ...pinned(), views: [{ ...(view as NonNullable<typeof view>), version: 2, digest: "e" }] };
  expect(pipelineDigest(pipeline({ pinned: pinned() }))).not.toBe(pipelineDigest(pipeline({ pinned: later })));
});

test("comes first, once, and names a service or features", () => {
  const columns = { kind: "columns", columns: [{ name: "rate", datatype: "FP32" }], into: "x" };
  const isValid = (before: object[]) => Pipeline.safeParse({ before }).success;
  expect(isValid([{ kind: "features", service: "eta" }, columns])).toBe(true);
  expect(isValid([columns, { kind: "features", service: "eta" }])).toBe(false);
  expect(isValid([{ kind: "features", service: "eta" }, { kind: "features", service: "eta" }, columns])).toBe(false);
  expect(isValid([{ kind: "features", service: "eta", features: ["a:b"] }, columns])).toBe(false);
  expect(isValid([{ kind: "features" }, columns])).toBe(false);
});
