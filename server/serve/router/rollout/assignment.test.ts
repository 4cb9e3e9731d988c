import { expect, test } from "vitest";
import { assignmentBucket as bucket, hashedUnit } from "#server/serve/rollout/assignment-bucket.ts";
import { sampleRatioLogE } from "#server/stats/sequential/sample-ratio.ts";
import { servedRolloutOf } from "../../../testing/fixtures/serving/rollout/testing.ts";
import type { ServedRollout } from "../../rollout/served-rollout.ts";
import { unitKey } from "../../rollout/unit-key.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import type { ServedEndpoint } from "../routing-table.ts";
import { chooseVersion } from "./choose-version.ts";

test("moves each of 100,000 keys only to the new version as the weight grows, with the configured shares", () => {
  const buckets = Array.from({ length: 100_000 }, (_, key) => bucket("salt", `user-${key}`));
  let before = new Set<number>();
  for (const weight of [0.0001, 0.0002, 0.01, 0.05, 0.1, 0.1001, 0.25, 0.5, 0.9999]) {
    const canary = new Set([...buckets.keys()].filter((key) => (buckets[key] as number) < weight));
    expect([...before].filter((key) => !canary.has(key))).toEqual([]);
    // Five standard deviations of the share of so many keys.
    const bound = 5 * Math.sqrt((weight * (1 - weight)) / buckets.length);
    expect(Math.abs(canary.size / buckets.length - weight)).toBeLessThan(bound);
    before = canary;
  }
  expect(new Set(buckets).size).toBe(buckets.length);
});

test("assigns different canary units to two rollouts", () => {
  const keys = Array.from({ length: 20_000 }, (_, key) => `user-${key}`);
  const both = keys.filter((key) => bucket("first", key) < 0.1 && bucket("second", key) < 0.1).length;
  expect(both / keys.length).toBeGreaterThan(0.007);
  expect(both / keys.length).toBeLessThan(0.013);
});

const version = (versionId: string, state: LoadedModel["state"] = "ready") =>
  ({ state, model: { versionId } }) as unknown as LoadedModel;
interface Ask {
  requestId?: string;
  /** None: not by HTTP. */
  headers?: Record<string, string> | "none";
  isPinned?: boolean;
  isConfirmed?: boolean;
  other?: LoadedModel;
}
function choose(rollout: ServedRollout, send: Ask = {}) {
  const { requestId = "r", headers = {}, isPinned = false, other = version("canary") } = send;
  const isWatching = rollout.phase === "watching";
  const current = version(isWatching ? "canary" : "stable");
  const second = isWatching ? version("stable") : other;
  const served = { ...rollout, other: { ...rollout.other, model: second.model } };
  const route = { rollout: served, model: current.model };
  const endpoint = { route, wanted: current, serving: current, other: second } as unknown as ServedEndpoint;
  const { isConfirmed = true } = send;
  const from = { requestId, callerId: "token-1", headers: headers === "none" ? undefined : headers };
  const request = { ...from, isPinned, isConfirmed };
  const { version: chosen, ...rest } = chooseVersion({ endpoint, version: current }, served, request);
  return { versionId: chosen.model.versionId, ...rest };
}
const requests = Array.from({ length: 4000 }, (_, number) => `request-${number}`);

test("sends the configured share of requests to the canary, and detects a sample ratio mismatch", () => {
  const rollout = servedRolloutOf({ weight: 0.1 });
  const canary = requests.filter((requestId) => choose(rollout, { requestId }).arm === "canary").length;
  const countBytes = (units: number) => [
    { step: 0, weight: 0.1, arm: "canary" as const, units, events: 0 },
    { step: 0, weight: 0.1, arm: "baseline" as const, units: requests.length - units, events: 0 },
  ];
  expect(sampleRatioLogE(countBytes(canary))).toBeLessThan(Math.log(1000));
  // As if a 32-bit hash were read as 31 bits: half of the units fall into the lower half again.
  const broken = requests.filter((requestId) => (bucket("salt", requestId) * 2) % 1 < 0.1 + 0.05).length;
  expect(sampleRatioLogE(countBytes(broken))).toBeGreaterThan(Math.log(1000));
});

test("assigns all requests of a token or header value to one version, and splits requests without the header", () => {
  const byToken = servedRolloutOf({ weight: 0.5, unit: { kind: "token" } });
  expect(new Set(requests.map((requestId) => choose(byToken, { requestId }).arm)).size).toBe(1);
  const byHeader = servedRolloutOf({ weight: 0.5, unit: { kind: "header", header: "x-user" } });
  const arms = (headers: Record<string, string>) =>
    new Set(requests.map((requestId) => choose(byHeader, { requestId, headers }).arm));
  expect(arms({ "x-user": "ada" }).size).toBe(1);
  expect(arms({}).size).toBe(2);
  expect(choose(byHeader, { headers: { "x-user": "ada" } }).unit).toBe(hashedUnit("salt", "ada"));
  expect(unitKey({ kind: "header", header: "x-user" }, { requestId: "r", callerId: "t", headers: undefined })).toBe(
    "r",
  );
});

test("does not count client-chosen versions as evidence, by URL or by header", () => {
  const rollout = servedRolloutOf({ weight: 0.5 });
  expect(choose(rollout, { headers: { "leeway-arm": "canary" } })).toMatchObject({
    versionId: "canary",
    isRandomised: false,
  });
  expect(choose(rollout, { headers: { "leeway-arm": "stable" } })).toMatchObject({
    versionId: "stable",
    isRandomised: false,
  });
  for (const requestId of requests.slice(0, 20)) {
    expect(choose(rollout, { requestId, isPinned: true })).toMatchObject({ versionId: "stable", isRandomised: false });
  }
  const watched = servedRolloutOf({ phase: "watching", weight: 1 });
  expect(choose(watched, { headers: { "leeway-arm": "stable" } })).toMatchObject({
    versionId: "stable",
    arm: "stable",
  });
});

test("routes all requests to the stable version, uncounted, while the canary is not loaded", () => {
  const rollout = servedRolloutOf({ weight: 0.5 });
  const chosen = requests.map((requestId) => choose(rollout, { requestId, other: version("canary", "loading") }));
  expect(chosen.every(({ versionId, isRandomised }) => versionId === "stable" && !isRandomised)).toBe(true);
});

test("routes all requests to the stable version, uncounted, while Postgres does not confirm the rollout", () => {
  const rollout = servedRolloutOf({ weight: 0.5 });
  const chosen = requests.map((requestId) => choose(rollout, { requestId, isConfirmed: false }));
  expect(chosen.every(({ versionId, isRandomised }) => versionId === "stable" && !isRandomised)).toBe(true);
  // A client that asks for the new version still gets it.
  expect(choose(rollout, { headers: { "leeway-arm": "canary" }, isConfirmed: false }).versionId).toBe("canary");
});

test("routes no request to the canary before the first step, and all of them during monitoring", () => {
  const before = servedRolloutOf({ phase: "starting", weight: 0 });
  expect(requests.every((requestId) => choose(before, { requestId }).arm === "stable")).toBe(true);
  const watched = servedRolloutOf({ phase: "watching", weight: 1 });
  expect(choose(watched)).toEqual({ versionId: "canary", arm: "canary", isRandomised: true, unit: "" });
});

test("splits tasks between versions without counting them as evidence", () => {
  const rollout = servedRolloutOf({ weight: 0.5 });
  const chosen = requests.map((requestId) => choose(rollout, { requestId, headers: "none" }));
  expect(new Set(chosen.map(({ arm }) => arm)).size).toBe(2);
  expect(chosen.some(({ isRandomised }) => isRandomised)).toBe(false);
});
