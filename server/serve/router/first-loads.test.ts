import { expect, test } from "vitest";
import { FirstLoads } from "./first-loads.ts";
import type { LoadedModel } from "./loaded-versions.ts";

const ready = { state: "ready", message: undefined } as LoadedModel;
const loading = { wanted: { state: "loading" as const, message: undefined }, serving: undefined };
const serving = { wanted: ready, serving: ready };

test("waits for the versions found at the start, and never for later ones", () => {
  const first = new FirstLoads();
  expect(first.areLoading([serving, loading], 0)).toBe(true);
  expect(first.areLoading([serving, serving], 1000)).toBe(false);
  expect(first.areLoading([serving, serving, loading], 2000)).toBe(false);
});

test("waits for the steps of a cascade and the other version of a rollout", () => {
  const isLoading = { state: "loading" as const, message: undefined };
  expect(new FirstLoads().areLoading([{ ...serving, next: [ready, isLoading] }], 0)).toBe(true);
  expect(new FirstLoads().areLoading([{ ...serving, other: isLoading }], 0)).toBe(true);
  expect(new FirstLoads().areLoading([{ ...serving, next: [ready], other: ready }], 0)).toBe(false);
});

test("waits for two minutes at most, whatever hangs", () => {
  const first = new FirstLoads();
  expect(first.areLoading([loading], 5_000)).toBe(true);
  expect(first.areLoading([loading], 124_999)).toBe(true);
  expect(first.areLoading([loading], 125_000)).toBe(false);
});

test("does not wait for versions that failed and load again, nor for a new version of an endpoint that serves", () => {
  const retried = { wanted: { state: "loading" as const, message: "It failed." }, serving: undefined };
  const replaced = { wanted: { state: "loading" as const, message: undefined }, serving: ready };
  expect(new FirstLoads().areLoading([retried, replaced], 0)).toBe(false);
});
