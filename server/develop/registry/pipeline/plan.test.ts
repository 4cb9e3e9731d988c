import { expect, test } from "vitest";
import { Pipeline } from "./definition.ts";
import { pipelineDigest } from "./digest.ts";
import { planPipeline } from "./plan.ts";
import type { Target } from "./target.ts";

const digits: Target = {
  inputs: [{ name: "image", datatype: "FP32", shape: ["N", 1, 8, 8] }],
  outputs: [{ name: "probabilities", datatype: "FP32", shape: ["N", 10] }],
  labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
};
const picture = (steps: unknown[], into = "image", name = "picture") => ({ kind: "image", name, into, steps });
const decode = { step: "decode" };
const grey = { step: "colour", to: "grey" };
const small = { step: "resize", width: 8, height: 8 };
const shares = { step: "scale", factor: 1 / 255 };
const planes = { step: "layout", order: "NCHW" };
const good = [decode, grey, small, shares, planes];
const label = { name: "digit", from: "probabilities", steps: [{ step: "argmax" }, { step: "labels" }] };
const problemsOf = (input: unknown, model = digits) => planPipeline(Pipeline.parse(input), model).problems;

test("plans file inputs and label outputs for clients", () => {
  expect(planPipeline(Pipeline.parse({ before: [picture(good)], after: [label] }), digits)).toEqual({
    inputs: [{ name: "picture", datatype: "BYTES", shape: ["N"] }],
    optional: [],
    content: [{ name: "picture", datatype: "BYTES", shape: ["N"] }],
    outputs: [{ name: "digit", datatype: "BYTES", shape: ["N"] }],
    problems: [],
  });
});

test.each([
  [[decode, small, shares, planes], "expects shape [-1,1,8,8], got [-1,3,8,8]"],
  [[decode, grey, small, shares], "expects shape [-1,1,8,8], got [-1,8,8,1]"],
  [[decode, grey, small, planes], 'input "image" expects FP32, got UINT8'],
  [
    [decode, grey, { ...small, fit: "inside" }, shares, planes],
    "got [-1,1,any height,any width]".replace("any height,any width", "-1,-1"),
  ],
  [
    [decode, grey, small, { step: "centre-crop", width: 9, height: 8 }, shares, planes],
    "step 4, centre-crop: expected at most 8 × 8 pixels, got 9 × 8",
  ],
  [
    [decode, grey, small, shares, { step: "normalise", mean: [1, 2, 3], std: [1] }, planes],
    "step 5, normalise: expected one value in mean and in std, got 3 and 1",
  ],
])("reports step, expected and actual value if steps do not match the model input: %#", (steps, message) => {
  expect(problemsOf({ before: [picture(steps)] }).join(" ")).toContain(message);
});

test.each([
  [{ before: [picture(good, "picture")] }, 'the model has no input "picture"; it has "image"'],
  [{ before: [picture(good, "image", "image")] }, 'The input "image" has the same name as a model input'],
  [{ before: [picture(good), picture(good, "image", "other")] }, 'input "image" is set twice'],
  [{ after: [{ ...label, name: "probabilities" }] }, 'The output "probabilities" has the same name as a model output'],
  [{ after: [{ ...label, from: "scores" }] }, 'the model has no output "scores"; it has "probabilities"'],
  [
    { after: [{ ...label, steps: [{ step: "labels" }] }] },
    "step 1, labels: expected integers, as produced by argmax, got FP32",
  ],
  [
    { after: [{ ...label, steps: [{ step: "argmax" }, { step: "labels", labels: ["a"] }] }] },
    "expected 10 labels, got 1",
  ],
  [{ after: [{ ...label, steps: [{ step: "top-k", k: 11, give: "values" }] }] }, "expected k ≤ 10, got 11"],
])("validates names and outputs: %#", (input, message) => {
  expect(problemsOf(input).join(" ")).toContain(message);
});

const table: Target = {
  inputs: [{ name: "x", datatype: "FP32", shape: ["N", 3] }],
  outputs: [],
};
const columns = (steps: unknown[]) => ({
  before: [
    {
      kind: "columns",
      columns: [
        { name: "age", datatype: "FP32" },
        { name: "who", datatype: "BYTES" },
      ],
      into: "x",
      steps,
    },
  ],
});

test.each([
  [[{ step: "one-hot", column: "who", levels: ["a", "b"] }], undefined],
  [[{ step: "one-hot", column: "who", levels: ["a"] }], "expects shape [-1,3], got [-1,2]"],
  [[], "expects shape [-1,3], got [-1,2]"],
  [
    [{ step: "standardise", columns: { height: { mean: 0, std: 1 } } }],
    'there is no column "height" here; there are age, who',
  ],
  [[{ step: "standardise", columns: { who: { mean: 0, std: 1 } } }], 'expected numbers in "who", got text'],
  [[{ step: "rename", names: { age: "who" } }], 'duplicate column name "who"'],
])("traces columns to the model input: %#", (steps, message) => {
  const problems = problemsOf(columns(steps), table).join(" ");
  if (message === undefined) expect(problems).toBe("");
  else expect(problems).toContain(message);
});

test.each([
  [[grey], 'The first step must be "decode".'],
  [[decode, planes, small], 'Step "resize" must come before "layout".'],
  [[decode, shares, grey], 'Step "colour" must come before "scale".'],
  [[decode, { step: "dtype", datatype: "UINT8" }, shares], 'Step "scale" must come before "dtype".'],
])("rejects steps in an invalid order: %#", (steps, message) => {
  expect(JSON.stringify(Pipeline.safeParse({ before: [picture(steps)] }).error?.issues)).toContain(
    JSON.stringify(message).slice(1, -1),
  );
});

test("rejects an empty pipeline", () => {
  expect(Pipeline.safeParse({}).success).toBe(false);
});

test("computes the SHA-256 of canonical JSON, independent of member order, different for any number", () => {
  const steps = [{ step: "argmax" }, { step: "labels", labels: ["é", "b"] }];
  // Python 3: sha256(json.dumps(…, sort_keys=True, separators=(",", ":"), ensure_ascii=False)).
  const expected = "0488fa7f093ef9079ddbfa54395f20a8ec27117d595e3406fda4d64ccb4efc7a";
  expect(pipelineDigest(Pipeline.parse({ after: [{ steps, from: "p", name: "label" }] }))).toBe(expected);
  expect(pipelineDigest(Pipeline.parse({ before: [], after: [{ name: "label", from: "p", steps }] }))).toBe(expected);
  const normal = (mean: number) =>
    pipelineDigest(Pipeline.parse({ before: [picture([decode, { step: "normalise", mean: [mean], std: [1] }])] }));
  expect(normal(0.5)).not.toBe(normal(0.5000001));
});
