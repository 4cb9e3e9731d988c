import { expect, test } from "vitest";
import { JobSpec, TemplateParameter } from "#server/improve/training/contract.ts";
import { StartSweep } from "#server/improve/training/sweeps/contract.ts";
import { draftOfTemplate, readSweepDraft, sweepProblems, variationsOf, withKind } from "./sweep-draft.ts";

const template = {
  name: "digits",
  revision: 2,
  engine: "local",
  parameters: [
    { name: "lr", kind: "number", default: 0.02, min: 0.0001, max: 10 },
    { name: "hidden", kind: "integer", default: 64 },
    { name: "net", kind: "choice", default: "small", choices: ["small", "2", "wide, shallow"] },
    { name: "augment", kind: "boolean", default: false },
    { name: "tag", kind: "text", default: "7" },
  ].map((each) => TemplateParameter.parse(each)),
  job: JobSpec.parse({ command: ["train"], checkpoints: { best: { metric: "loss", goal: "min" } } }),
};
const empty = draftOfTemplate(template, "local");
const vary = (changes: Record<string, Partial<(typeof empty.parameters)[string]>>) => ({
  ...empty,
  parameters: Object.fromEntries(
    Object.entries(empty.parameters).map(([name, each]) => [name, { ...each, ...changes[name] }]),
  ),
});

test("a form begins with the template's defaults, its bounds and its best metric", () => {
  expect(empty).toMatchObject({ metric: "loss", goal: "min", kind: "random", template: "digits", engine: "local" });
  expect(empty.parameters.lr).toEqual({
    varies: "fixed",
    value: "0.02",
    values: "0.02",
    picked: [],
    min: "0.0001",
    max: "10",
  });
  expect(empty.parameters.net?.picked).toEqual(["small", "2", "wide, shallow"]);
  expect(empty.parameters.augment?.picked).toEqual(["true", "false"]);
  expect(sweepProblems(empty, template)).toEqual({ parameters: "Vary at least one parameter." });
});

test("reads lists and ranges with the types of their parameters", () => {
  const draft = vary({
    lr: { varies: "log" },
    hidden: { varies: "range", min: "16", max: "128" },
    // In whatever order they were checked.
    net: { varies: "values", picked: ["wide, shallow", "2"] },
    augment: { varies: "values" },
    tag: { varies: "values", values: "a, b\n7" },
  });
  expect(sweepProblems(draft, template)).toEqual({});
  const sweep = readSweepDraft({ ...draft, hasHalving: true, first: "4", last: "20" }, template);
  expect(sweep).toEqual({
    name: "digits sweep",
    template: "digits",
    engine: "local",
    experiment: "Training",
    priority: "normal",
    parameters: {},
    sweep: {
      kind: "random",
      trials: 20,
      seed: 0,
      maxParallel: 2,
      metric: "loss",
      goal: "min",
      halving: { metric: "loss", goal: "min", first: 4, factor: 3, last: 20 },
      space: {
        lr: { kind: "number", min: 0.0001, max: 10, log: true },
        hidden: { kind: "integer", min: 16, max: 128, log: false },
        // A choice stays a text, also "2".
        net: { kind: "values", values: ["2", "wide, shallow"] },
        augment: { kind: "values", values: [true, false] },
        tag: { kind: "values", values: ["a, b", "7"] },
      },
    },
  });
  expect(StartSweep.safeParse(sweep).success).toBe(true);
});

test("a grid has lists only: ranges become their ends", () => {
  const ranged = vary({ hidden: { varies: "range", min: "16", max: "128" } });
  const grid = withKind({ ...ranged, name: "sizes" }, "grid");
  expect(readSweepDraft(grid, template)).toMatchObject({
    name: "sizes",
    sweep: { kind: "grid", halving: null, space: { hidden: { kind: "values", values: [16, 128] } } },
  });
  expect(withKind(ranged, "random")).toEqual(ranged);
  expect(variationsOf("integer", "grid")).toEqual(["fixed", "values"]);
  expect(variationsOf("text", "random")).toEqual(["fixed", "values"]);
  expect(variationsOf("number", "random")).toContain("log");
});

test("says what is missing, by field", () => {
  const draft = {
    ...vary({
      lr: { varies: "range", min: "a" },
      net: { varies: "values", picked: [] },
      hidden: { varies: "values", values: " , " },
    }),
    metric: " ",
    trials: "many",
    hasHalving: true,
    first: "",
  };
  expect(sweepProblems(draft, template)).toEqual({
    "parameters.lr": "Enter a minimum and a maximum.",
    "parameters.hidden": "List at least one value.",
    "parameters.net": "Check at least one value.",
    metric: "Enter the metric to compare trials by.",
    trials: "Enter a number.",
    first: "Enter a number.",
  });
  expect(sweepProblems({ ...draft, kind: "grid", hasHalving: false }, template)).not.toHaveProperty("trials");
});
