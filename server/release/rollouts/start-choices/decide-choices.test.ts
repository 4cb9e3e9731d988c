import { expect, test } from "vitest";
import type { StartChoice } from "./contract.ts";
import { defaultChoice, defaultEndpoint, obstaclesOf } from "./decide-choices.ts";

const gate = (status: "passed" | "failed" | "waived" | "not-run") => ({ title: "Accuracy", status, words: "96.1%" });

const choice = (version: number, change: Partial<StartChoice> = {}): StartChoice => ({
  versionId: `id-${version}`,
  model: "parcels",
  version,
  aliases: [],
  run: null,
  registeredAt: 0,
  description: "",
  measures: [],
  gates: [gate("passed")],
  status: "new",
  deployedAt: null,
  obstacles: [],
  ...change,
});

const block = {
  endpointId: "e",
  versionId: "v",
  model: "parcels",
  version: 13,
  reason: "errors rose 4.1×",
  blockedBy: "Priya",
  blockedAt: new Date(0),
};

test("names everything that speaks against a version, worst first, and neither waived gates nor those that were not run", () => {
  const failing = [
    { name: "returns", reason: "3.1% of requests fail" },
    { name: "other", reason: null },
  ];
  expect(
    obstaclesOf(["returns"], { failing, block, gates: [gate("failed"), gate("waived"), gate("not-run")] }),
  ).toEqual([
    { kind: "failing", title: "Failing on returns", detail: "3.1% of requests fail" },
    { kind: "blocked", title: "Blocked: rolled back here", detail: "errors rose 4.1×" },
    { kind: "gate", title: "Gate failed: Accuracy", detail: "96.1%" },
  ]);
  expect(obstaclesOf([], { failing, block: undefined, gates: [gate("waived"), gate("not-run")] })).toEqual([]);
});

test("starts with the newest version that has passed its gates and nothing speaks against", () => {
  const [obstacle] = obstaclesOf([], { failing: [], block, gates: [] });
  const bad = choice(17, { obstacles: obstacle ? [obstacle] : [] });
  const choices = [
    bad,
    choice(16, { gates: [gate("not-run")] }),
    choice(15),
    choice(14, { status: "serving" }),
    choice(12),
  ];
  expect(defaultChoice(choices, undefined)?.version).toBe(15);
  expect(defaultChoice(choices, { model: "parcels", version: 12 })?.version).toBe(12);
  expect(defaultChoice(choices, { model: "parcels", version: 17 })?.version).toBe(17);
  expect(defaultChoice(choices.slice(0, 2), undefined)?.version).toBe(16);
});

test("starts with no earlier version, none that cannot be served, and not with the serving one", () => {
  const serving = choice(14, { status: "serving" });
  expect(defaultChoice([serving, choice(13)], undefined)).toBeUndefined();
  expect(defaultChoice([choice(15, { problem: "is being checked" }), serving], undefined)).toBeUndefined();
  expect(defaultChoice([serving], { model: "parcels", version: 14 })).toBeUndefined();
});

test("starts with an endpoint that is behind the newest version and has no rollout", () => {
  const endpoint = (id: string, modelName: string | null, version = 1) => ({
    id,
    current: modelName === null ? null : { modelName, version },
  });
  const all = [endpoint("a", null), endpoint("b", "x", 3), endpoint("c", "y", 1), endpoint("d", "y", 1)];
  const newest = new Map([
    ["x", 3],
    ["y", 2],
  ]);
  expect(defaultEndpoint(all, { newest, busy: new Set() })?.id).toBe("c");
  expect(defaultEndpoint(all, { newest, busy: new Set(["c"]) })?.id).toBe("d");
  expect(defaultEndpoint(all, { newest, busy: new Set(["c", "d"]) })?.id).toBe("b");
  expect(defaultEndpoint(all, { newest, busy: new Set(), model: "x" })?.id).toBe("b");
  expect(defaultEndpoint(all, { newest, busy: new Set(), model: "z" })).toBeUndefined();
  expect(defaultEndpoint(all.slice(0, 1), { newest, busy: new Set() })).toBeUndefined();
});
