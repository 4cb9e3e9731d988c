import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { type ActiveFault, affects, delayOf, shareAt } from "./active-fault.ts";
import type { Fault } from "./contract.ts";

const minute = 60_000;
const active = (fault: Fault, values: Partial<ActiveFault> = {}): ActiveFault => ({
  gameDayId: "6b1f1a5e-8f0a-4bd0-9b6c-0d2f3f0f7a11",
  name: "GD-7",
  workspaceId: "w",
  endpointId: "e",
  fault,
  scope: "requests",
  share: 0.1,
  startedAt: 0,
  endsAt: 30_000,
  isTaken: false,
  ...values,
});
const errors: Fault = { kind: "errors", status: 503 };
const request = (values = {}) => ({ id: randomUUID(), headers: {}, mayAsk: () => true, ...values });

test("affects the share of the requests, within half a point, and the same ones as it rises", () => {
  const requests = Array.from({ length: 100_000 }, () => request());
  const some = requests.slice(0, 20_000);
  const chosenOf = (those: typeof requests, now: number) => those.filter((one) => affects(active(errors), one, now));
  const all = chosenOf(requests, 2 * minute);
  expect(Math.abs(all.length / requests.length - 0.1)).toBeLessThan(0.005);
  const [first, second] = [chosenOf(some, 0), chosenOf(some, minute)];
  expect([first.length / some.length, second.length / some.length]).toEqual([
    expect.closeTo(0.025, 2),
    expect.closeTo(0.05, 2),
  ]);
  const later = new Set(all);
  expect([...first, ...second].every((one) => later.has(one))).toBe(true);
});

test("raises the share in three steps of a minute", () => {
  const shares = [0, minute - 1, minute, 2 * minute - 1, 2 * minute, 30 * minute].map((now) =>
    shareAt({ share: 0.4, startedAt: 0 }, now),
  );
  expect(shares).toEqual([0.1, 0.1, 0.2, 0.2, 0.4, 0.4]);
});

test("with the scope of a header affects only requests that ask for it, of callers that may start game days", () => {
  const day = active(errors, { scope: "header", share: 1 });
  const isAffected = (values: object) => affects(day, request(values), 0);
  expect(isAffected({ headers: { "x-leeway-game-day": "GD-7" } })).toBe(true);
  expect(isAffected({ headers: { "x-leeway-game-day": "gd-7" } })).toBe(true);
  expect(isAffected({ headers: { "x-leeway-game-day": day.gameDayId } })).toBe(true);
  expect(isAffected({ headers: { "x-leeway-game-day": "GD-8" } })).toBe(false);
  expect(isAffected({ headers: { "x-leeway-game-day": "GD-7" }, mayAsk: () => false })).toBe(false);
  expect(isAffected({})).toBe(false);
  expect(isAffected({ headers: undefined })).toBe(false);
});

test("affects every request where an engine is away, and none by faults of a process", () => {
  const isAffected = (fault: Fault) => affects(active(fault, { share: 1 }), request(), 10 * minute);
  expect(isAffected({ kind: "engine-away" })).toBe(true);
  expect(isAffected({ kind: "gateway-lost" })).toBe(false);
  expect(isAffected({ kind: "cold-model" })).toBe(false);
});

test("varies a delay in both directions, and never below 0", () => {
  const latency = { kind: "latency", delayMs: 120, jitterMs: 20 } as const;
  expect([0, 0.5, 1].map((draw) => delayOf(latency, draw))).toEqual([100, 120, 140]);
  expect(delayOf({ ...latency, jitterMs: 500 }, 0)).toBe(0);
});
