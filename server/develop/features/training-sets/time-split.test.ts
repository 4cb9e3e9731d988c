import { expect, test } from "vitest";
import { CreateTrainingSet } from "./contract.ts";

const asked = { name: "set", rows: { dataset: "trips", digest: "d" }, features: ["v:f"] };
const at = (hour: number) => `2026-03-01T${hour}:00:00Z`;
const refusals = (parts: unknown, more: object = {}) => {
  const { error } = CreateTrainingSet.safeParse({ ...asked, splitByTime: { parts }, ...more });
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
};

test("takes parts in the order of their time, the last one without an end", () => {
  const parts = [{ name: "train", until: at(10) }, { name: "validation", until: at(12) }, { name: "test" }];
  expect(refusals(parts)).toEqual([]);
  expect(refusals(parts, { split: "part" })).toEqual(["splitByTime: Enter a column or times, not both."]);
  expect(refusals([{ name: "train" }, { name: "test" }])).toEqual([
    "splitByTime.parts.0.until: Enter the end time of the split.",
  ]);
  expect(
    refusals([
      { name: "train", until: at(10) },
      { name: "test", until: at(12) },
    ]),
  ).toEqual(["splitByTime.parts.1.until: The last split has no end."]);
  expect(refusals([parts[1], { name: "b", until: at(12) }, { name: "test" }])).toEqual([
    "splitByTime.parts.1.until: The split ends before it starts.",
  ]);
  expect(refusals([parts[0], { name: "train" }])).toEqual(["splitByTime.parts.1.name: Two splits have this name."]);
});
