import { expect, test } from "vitest";
import type { LineageKind } from "#server/develop/lineage/contract.ts";
import { addLevel, type Growth, type Pair } from "./grow.ts";
import { lineageId, nameAndDigest } from "./lineage-id.ts";

const key = (text: string) => {
  const [kind = "", id = ""] = text.split(" ");
  return { kind: kind as LineageKind, id };
};
const pair = (made: string, source: string, total = 1): Pair => {
  return { made: key(made), source: key(source), detail: "", total };
};
const growthOf = (start: string): Growth => ({ start: key(start), nodes: [], edges: [], more: [], isCut: false });

test("adds each node once, at the level where it is first met, and every edge", () => {
  const growth = growthOf("version v");
  const up = { direction: "made-from" as const, maxNodes: 9 };
  expect(addLevel(growth, [pair("version v", "run r")], { ...up, level: 1 })).toEqual([key("run r")]);
  const second = [pair("run r", "job j"), pair("run r", "dataset-version d@1")];
  expect(addLevel(growth, second, { ...up, level: 2 })).toHaveLength(2);
  // The job names the same rows as the run, and was tuned from the version where the walk began.
  const third = [pair("job j", "dataset-version d@1"), pair("job j", "version v"), pair("job j", "job j")];
  expect(addLevel(growth, third, { ...up, level: 3 })).toEqual([]);
  expect(growth.nodes.map(({ id, level }) => [id, level])).toEqual([
    ["r", 1],
    ["j", 2],
    ["d@1", 2],
  ]);
  expect(growth.edges.map(({ made, source }) => `${made.id} ${source.id}`)).toEqual([
    "v r",
    "r j",
    "r d@1",
    "j d@1",
    "j v",
  ]);
  expect(growth).toMatchObject({ more: [], isCut: false });
});

test("counts what it leaves out, of each kind at the node that it belongs to", () => {
  const growth = growthOf("dataset-version d@1");
  const down = { direction: "went-into" as const, level: 1 };
  const pairs = [
    pair("run a", "dataset-version d@1", 25),
    pair("run b", "dataset-version d@1", 25),
    pair("job x", "dataset-version d@1", 2),
    pair("job y", "dataset-version d@1", 2),
  ];
  expect(addLevel(growth, pairs, { ...down, maxNodes: 3 })).toHaveLength(3);
  expect(growth.more).toEqual([
    { of: key("dataset-version d@1"), kind: "run", count: 23 },
    { of: key("dataset-version d@1"), kind: "job", count: 1 },
  ]);
  expect(growth.isCut).toBe(true);
  expect(growth.edges).toHaveLength(3);
});

test("takes ids as people and programs write them, and nothing else", () => {
  const id = "0B0E2D3C-6B5A-4F6E-9A6A-0C1D2E3F4A5B";
  expect(lineageId("version", id)).toBe(id.toLowerCase());
  expect(lineageId("deployment", `${id}/${id}`)).toBe(`${id}/${id}`.toLowerCase());
  expect(["x", `${id}/`, "1"].map((each) => lineageId("version", each))).toEqual([undefined, undefined, undefined]);
  expect(["7", "0", "9".repeat(16)].map((each) => lineageId("label-project", each))).toEqual([
    "7",
    undefined,
    undefined,
  ]);
  expect(lineageId("dataset-version", "churn")).toBeUndefined();
  expect(nameAndDigest("sales@home@5f0c")).toEqual({ name: "sales@home", digest: "5f0c" });
});
