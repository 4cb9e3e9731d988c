import { expect, test } from "vitest";
import type { RunInfo } from "../runs/contract.ts";
import { groupBySeed, groupByValue, isSeed, type RunToGroup, ungrouped } from "./group-charted.ts";

const run = (name: string, params: Record<string, string>, value?: number, groupValue?: string | null): RunToGroup => ({
  run: { id: name, name } as RunInfo,
  value,
  failure: undefined,
  params,
  ...(groupValue !== undefined && { groupValue }),
});

const shape = (groups: ReturnType<typeof groupBySeed>) =>
  groups.map(({ label, isGroup, runs }) => [
    label,
    isGroup,
    runs.map(({ run, detail }) => `${run.name} ${detail}`.trim()),
  ]);

test("recognises seeds by their name", () => {
  expect(["seed", "random_seed", "randomState", "data/seed", "rng.seed"].filter(isSeed)).toHaveLength(5);
  expect(["seeds_per_tree", "proceed", "lr", "seed_lr"].filter(isSeed)).toEqual([]);
});

test("groups runs that differ only in their seed, named by the settings that differ", () => {
  const groups = groupBySeed([
    run("a", { backbone: "resnet18", lr: "0.1", epochs: "40", seed: "1" }, 0.9),
    run("b", { backbone: "vit", lr: "0.1", epochs: "40", seed: "1" }),
    run("c", { backbone: "resnet18", lr: "0.1", epochs: "40", seed: "2" }, 0.8),
  ]);
  expect(shape(groups)).toEqual([
    ["resnet18", true, ["a seed 1", "c seed 2"]],
    ["b", false, ["b"]],
  ]);
  expect(groups[0]?.mean).toBeCloseTo(0.85);
  expect(groups[0]?.deviation).toBeCloseTo(Math.sqrt(0.005));
  expect(groups[1]).toMatchObject({ mean: undefined, deviation: null });
});

test("keeps equal runs without a seed apart", () => {
  expect(groupBySeed([run("a", { lr: "1" }), run("b", { lr: "1" })]).map(({ isGroup }) => isGroup)).toEqual([
    false,
    false,
  ]);
});

test("names a group after its first run where no setting differs", () => {
  expect(groupBySeed([run("a", { seed: "1" }), run("b", { seed: "2" })]).map(({ label }) => label)).toEqual(["a"]);
});

test("groups by a value in the order of the first runs, also those without one", () => {
  const groups = groupByValue([
    run("a", {}, 1, null),
    run("b", {}, 2, "x"),
    run("c", {}, 3, null),
    run("d", {}, 4, ""),
  ]);
  expect(shape(groups)).toEqual([
    ["none", true, ["a", "c"]],
    ["x", true, ["b"]],
    ["empty", true, ["d"]],
  ]);
});

test("leaves runs alone without grouping", () => {
  expect(ungrouped([run("a", {}, 0.5)])).toMatchObject([{ label: "a", isGroup: false, mean: 0.5, deviation: null }]);
});
