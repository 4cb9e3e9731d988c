import { expect, test } from "vitest";
import { VersionPipeline } from "#server/develop/registry/pipeline/contract.ts";
import { describeStep, waysAfter, waysBefore } from "./pipeline-text.ts";

const pipeline = VersionPipeline.shape.pipeline.unwrap().parse({
  before: [
    { kind: "image", name: "photo", into: "x", steps: [{ step: "decode" }, { step: "resize", width: 8, height: 6 }] },
    { kind: "columns", columns: [{ name: "age", datatype: "FP32" }], into: null },
  ],
  after: [{ name: "label", from: "y", steps: [{ step: "argmax" }, { step: "labels", labels: ["a", "b"] }] }],
});

test("describes a pipeline from the request to the response", () => {
  expect(waysBefore(pipeline)).toEqual([
    {
      from: "photo, files",
      steps: [
        "Decode PNG, JPEG or WebP, up to 25,000,000 pixels, EXIF orientation applied",
        "Resize to 8 × 6, stretched, bilinear",
      ],
      to: "x",
    },
    { from: "age", steps: [], to: "one input per column" },
  ]);
  expect(waysAfter(pipeline)).toEqual([{ from: "y", steps: ["Argmax", "Named a, b"], to: "label" }]);
});

test("describes features by key", () => {
  const pipelineOf = (part: object) =>
    VersionPipeline.shape.pipeline.unwrap().parse({ before: [{ kind: "features", service: "eta", ...part }] });
  const policy = { stale: "impute", missing: "flag" };
  const defaults = { conv_rate: 0.12, city: "none" };
  expect(waysBefore(pipelineOf({ keys: { driver_id: "driver" }, policy, defaults }))).toEqual([
    {
      from: "driver",
      steps: [
        "Look up eta, within 20 ms",
        "Too old: use the default; missing: pass to the model; unknown key: reject the request",
        'Defaults: conv_rate 0.12, city "none"',
        "Features in a request are used instead",
      ],
      to: "columns",
    },
  ]);
  expect(waysBefore(pipelineOf({ override: false }))[0]?.steps.at(-1)).toBe("Requests cannot contain these features");
});

test.each([
  [{ step: "scale" as const, factor: -1, offset: 1 }, "Times -1, plus 1"],
  [{ step: "normalise" as const, mean: [0.5], std: [0.25] }, "Subtract 0.5, divide by 0.25"],
  [{ step: "top-k" as const, k: 3, give: "values" as const }, "Top 3, as values"],
  [{ step: "threshold" as const, at: 0.5 }, "Threshold at 0.5"],
])("describes step %o", (step, words) => {
  expect(describeStep(step)).toBe(words);
});
