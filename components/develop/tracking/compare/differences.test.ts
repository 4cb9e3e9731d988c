import { expect, test } from "vitest";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { differences } from "./differences.ts";

function run(metrics: Record<string, number | "NaN">, params: Record<string, string>, digest: string): Run {
  const training = [{ key: "mlflow.data.context", value: "training" }];
  return {
    metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, step: 1, timestamp: 1 })),
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
    tags: [{ key: "mlflow.source.git.commit", value: "9d02f1a1c3f5aa" }],
    datasets: [{ name: "photos", digest, tags: training }],
  } as unknown as Run;
}

const runs = [
  run({ acc: 0.9, loss: 0.2, "system/cpu": 1 }, { lr: "0.1", seed: "1" }, "05-08"),
  run({ acc: 0.95, loss: "NaN" }, { lr: "0.1", seed: "1", batch: "64" }, "04-17"),
];
const directions = { acc: "higher", loss: "lower" } as const;

function words(all: boolean) {
  return differences({ runs, directions, all }).map(({ title, rows }) => [
    title,
    rows.map(({ label, cells }) => [
      label,
      ...cells.map(({ text, differs, best }) => `${text}${differs ? " ≠" : ""}${best ? " best" : ""}`),
    ]),
  ]);
}

test("lists only what differs from the first run, with the best of each metric", () => {
  expect(words(false)).toEqual([
    [
      "Result",
      [
        ["loss", "0.200", "NaN ≠"],
        ["acc", "0.900", "0.950 ≠ best"],
      ],
    ],
    ["Parameters", [["batch", "–", "64 ≠"]]],
    ["Code and data", [["dataset", "05-08", "04-17 ≠"]]],
  ]);
});

test("reports how much of each group differs, whatever is listed", () => {
  const counts = ["1 of 3 parameters differs", "1 of 2 facts differs"];
  for (const all of [false, true]) {
    const groups = differences({ runs, directions, all });
    expect(groups.map(({ count }) => count)).toEqual(["2 of 2 metrics differ", ...counts]);
  }
});

test("lists everything if requested", () => {
  expect(words(true).map(([title, rows]) => [title, (rows ?? []).length])).toEqual([
    ["Result", 2],
    ["Parameters", 3],
    ["Code and data", 2],
  ]);
});

test("marks no best value for a metric without a direction or with one value", () => {
  const [group] = differences({ runs, directions: {}, all: true });
  expect(group?.rows[0]?.cells.some(({ best }) => best)).toBe(false);
  const [some] = differences({
    runs: [run({ a: 1 }, {}, ""), run({ a: 2 }, {}, ""), run({}, {}, "")],
    directions: {},
    all: true,
  });
  expect(some?.rows[0]?.cells.map(({ best }) => best)).toEqual([false, false, false]);
});

test("formats metric values with at least two significant digits, however different they are", () => {
  const [group] = differences({
    runs: [run({ loss: 0.0574 }, {}, ""), run({ loss: 0.0288 }, {}, ""), run({ loss: 1.42 }, {}, "")],
    directions: { loss: "lower" },
    all: false,
  });
  expect(group?.rows[0]?.cells.map(({ text }) => text)).toEqual(["0.0574", "0.0288", "1.42"]);
});

test("compares packages and user tags, but no environment for a run without the files", () => {
  const [one, other] = runs;
  const tagged = [
    {
      ...one,
      tags: [
        { key: "team", value: "a" },
        { key: "mlflow.user", value: "ada" },
      ],
    },
    {
      ...other,
      tags: [
        { key: "team", value: "b" },
        { key: "mlflow.user", value: "bo" },
      ],
    },
  ] as Run[];
  const environment = (runId: string, torch: string) => ({
    runId,
    sources: ["requirements.txt"],
    python: "3.11",
    packages: { torch, numpy: "" },
  });
  const groups = (environments: (ReturnType<typeof environment> | undefined)[], all = false) =>
    differences({ runs: tagged, directions: {}, environments, all })
      .filter(({ title }) => title === "Environment" || title === "Tags")
      .map(({ rows }) => rows.map(({ label, cells }) => [label, ...cells.map(({ text }) => text)]));
  expect(groups([environment("a", "2.4.0"), environment("b", "2.3.0")])).toEqual([
    [["torch", "2.4.0", "2.3.0"]],
    [["team", "a", "b"]],
  ]);
  expect(groups([undefined, environment("b", "2")], true)[0]?.[2]).toEqual(["torch", "none given", "2"]);
  expect(groups([environment("a", "2"), undefined])).toHaveLength(1);
  expect(groups([undefined, undefined])).toEqual([[["team", "a", "b"]]]);
  expect(groups([environment("a", "2"), environment("b", "2")], true)[0]).toEqual([
    ["Python", "3.11", "3.11"],
    ["numpy", "any version", "any version"],
    ["torch", "2", "2"],
  ]);
});
