import { expect, test } from "vitest";
import { driftWindows, endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { LimitCounts } from "#server/serve/telemetry/limits.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newLogged, newServed } from "../../../testing/fixtures/slo/testing.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { countIndicator } from "./count-indicator.ts";
import { pendingOf } from "./pending-of.ts";

/** The beginning of the last hour but one. */
const hour = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;

/** Returns good and total by minutes after the hour, for minutes with any events. */
async function countBytes(ctx: Context, indicator: Indicator) {
  const counts = await countIndicator(ctx, indicator, { from: hour, to: hour + hourMs });
  const minutes = [...counts.total].flatMap((total, at) => (total > 0 ? [[at, `${counts.good[at]}/${total}`]] : []));
  return { minutes: Object.fromEntries(minutes), isApproximate: counts.isApproximate };
}

const at = (minute: number, second = 0) => new Date(hour + minute * minuteMs + second * 1000);

test(
  "excludes client errors and shadow requests from availability, and includes cached responses",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, nextVersionId } = await newServed(ctx);
    const other = await newServed(ctx, "other");
    const failures = { "400": 5, "429": 2, "500": 1, "504": 1 };
    await addWindow(ctx, { endpointId, versionId, windowStart: at(3), latenciesMs: [1, 2, 3], failures });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(3, 50), cacheHits: 4, coalesced: 1 });
    await addWindow(ctx, { endpointId, versionId: nextVersionId, windowStart: at(3), arm: "canary", latenciesMs: [1] });
    await addWindow(ctx, { endpointId, versionId: nextVersionId, windowStart: at(3), arm: "shadow", failures });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(4), failures: { "404": 3 } });
    await addWindow(ctx, { ...other, windowStart: at(3), latenciesMs: [1] });
    expect(await countBytes(ctx, { kind: "availability", endpointId })).toEqual({
      minutes: { 3: "9/11" },
      isApproximate: false,
    });
  }),
);

test(
  "counts latency exactly if gateways counted at the threshold, else from histograms, with timeouts as slow",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const latency = (withinMs: number, countsFailures = false): Indicator => {
      return { kind: "latency", endpointId, withinMs, countsFailures };
    };
    const failures = { "400": 5, "500": 1, "504": 1 };
    const exact: LimitCounts = { latency: { "100": [2, 4] } };
    const latenciesMs = [10, 90, 110];
    const base = { endpointId, versionId, latenciesMs, failures };
    await addWindow(ctx, { ...base, windowStart: at(1), indicators: exact });
    expect(await countBytes(ctx, latency(100))).toEqual({ minutes: { 1: "2/4" }, isApproximate: false });
    expect(await countBytes(ctx, latency(100, true))).toEqual({ minutes: { 1: "2/5" }, isApproximate: false });
    // The counter that started within the window has missed requests, and is ignored.
    await addWindow(ctx, { ...base, windowStart: at(2), indicators: { latency: { "100": [0, 2] } }, cacheHits: 2 });
    expect(await countBytes(ctx, latency(100))).toEqual({ minutes: { 1: "2/4", 2: "4/6" }, isApproximate: true });
    expect(await countBytes(ctx, latency(200))).toMatchObject({ minutes: { 1: "3/4", 2: "5/6" }, isApproximate: true });
  }),
);

test(
  "leaves asynchronous tasks out of latencies, counted exactly or by histogram",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    // Of requests that callers waited for: 90 ms, 110 ms, one timeout, one 500, one cache hit. The tasks waited for hours.
    const window = {
      endpointId,
      versionId,
      latenciesMs: [90, 110],
      requests: 9,
      failures: { "500": 2, "504": 2 },
      cacheHits: 2,
    };
    const tasks = { "200": 3, "500": 1, "504": 1, shared: 1 };
    const latency: Indicator = { kind: "latency", endpointId, withinMs: 100, countsFailures: true };
    await addWindow(ctx, { ...window, windowStart: at(1), indicators: { tasks, latency: { "100": [2, 4] } } });
    expect(await countBytes(ctx, latency)).toEqual({ minutes: { 1: "2/5" }, isApproximate: false });
    await addWindow(ctx, { ...window, windowStart: at(2), indicators: { tasks } });
    expect(await countBytes(ctx, latency)).toEqual({ minutes: { 1: "2/5", 2: "2/5" }, isApproximate: true });
  }),
);

test(
  "counts requests that report the age of their features for freshness",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const indicators: LimitCounts = { age: { "60000": [3, 4], "1000": [0, 4] } };
    await addWindow(ctx, { endpointId, versionId, windowStart: at(1), latenciesMs: [1, 1, 1, 1, 1, 1], indicators });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(2), latenciesMs: [1] });
    const count = (maxAgeMs: number) => countBytes(ctx, { kind: "freshness", endpointId, maxAgeMs });
    expect(await count(60_000)).toEqual({ minutes: { 1: "3/4" }, isApproximate: false });
    expect(await count(1000)).toEqual({ minutes: { 1: "0/4" }, isApproximate: false });
    expect(await count(2000)).toEqual({ minutes: {}, isApproximate: false });
  }),
);

test(
  "does not count responses of a later cascade step as served by the primary version",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, nextVersionId } = await newServed(ctx);
    await ctx.db.update(endpoints).set({ cascade: { next: [{ versionId: nextVersionId } as never] } });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(1), latenciesMs: [1, 1, 1], failures: { "500": 2 } });
    await addWindow(ctx, { endpointId, versionId: nextVersionId, windowStart: at(1), latenciesMs: [1] });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(1), arm: "canary", latenciesMs: [1] });
    expect(await countBytes(ctx, { kind: "primary-answered", endpointId })).toMatchObject({ minutes: { 1: "3/4" } });
  }),
);

test(
  "counts only mature labels for quality, and younger predictions as pending",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const base = { endpointId, versionId };
    await newLogged(ctx, { ...base, at: at(1), answer: "cat", outputIndex: 3, label: "cat" });
    await newLogged(ctx, { ...base, at: at(1), answer: "cat", outputIndex: 3, label: "3" });
    await newLogged(ctx, { ...base, at: at(1), answer: "cat", outputIndex: 3, label: "dog" });
    await newLogged(ctx, { ...base, at: at(1), answer: "cat" });
    await newLogged(ctx, { ...base, at: at(1), answer: "cat", label: "dog", loggedReason: "low-confidence" });
    await newLogged(ctx, { ...base, at: at(1), answer: "cat", label: "dog", arm: "shadow" });
    await newLogged(ctx, { ...base, at: at(30), answer: "cat", label: "cat" });
    await newLogged(ctx, { ...base, at: at(30), answer: "cat" });
    const quality = (maturityMs: number): Indicator => {
      return { kind: "realised-quality", endpointId, maturityMs, tolerance: null };
    };
    const untilMinute20 = Date.now() - at(20).getTime();
    expect(await countBytes(ctx, quality(untilMinute20))).toMatchObject({ minutes: { 1: "2/3" } });
    expect(await pendingOf(ctx, quality(untilMinute20))).toBe(2);
    expect(await countBytes(ctx, quality(0))).toMatchObject({ minutes: { 1: "2/3", 30: "1/1" } });
    expect(await pendingOf(ctx, { kind: "availability", endpointId })).toBeNull();
  }),
);

test(
  "counts a number as correct within the tolerance, and does not compare other values",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const outputs = (data: number[]) => [{ name: "y", datatype: "FP32", shape: [1, 1], data }];
    const base = { endpointId, versionId, at: at(1) };
    await newLogged(ctx, { ...base, outputs: outputs([2.5]), label: "3.0" });
    await newLogged(ctx, { ...base, outputs: outputs([2.4]), label: "3.0" });
    await newLogged(ctx, { ...base, answer: "4", outputs: null, label: "4" });
    await newLogged(ctx, { ...base, outputs: outputs([2.5]), label: "three" });
    await newLogged(ctx, { ...base, outputs: outputs([2.5, 1]), label: "3" });
    const indicator = { kind: "realised-quality" as const, endpointId, maturityMs: 0, tolerance: 0.5 };
    expect(await countBytes(ctx, indicator)).toMatchObject({ minutes: { 1: "2/3" } });
  }),
);

test(
  "counts late and missing labels against timeliness",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const base = { endpointId, versionId, at: at(1) };
    await newLogged(ctx, { ...base, label: "1", receivedAt: at(2) });
    await newLogged(ctx, { ...base, label: "1", receivedAt: at(20) });
    await newLogged(ctx, base);
    await newLogged(ctx, { ...base, at: new Date(), label: "1" });
    const maturityMs = 10 * minuteMs;
    expect(await countBytes(ctx, { kind: "label-timeliness", endpointId, maturityMs, of: "sampled" })).toMatchObject({
      minutes: { 1: "1/3" },
    });
  }),
);

test(
  "counts an hour as one cost event, good if the mean is at most the objective",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const base = { endpointId, versionId };
    await newLogged(ctx, { ...base, at: at(1), cost: 0.001 });
    await newLogged(ctx, { ...base, at: at(50), cost: 0.003 });
    await newLogged(ctx, { ...base, at: at(51), cost: null });
    const count = (maxCostPer1000: number) => countBytes(ctx, { kind: "cost", endpointId, maxCostPer1000 });
    expect(await count(2)).toMatchObject({ minutes: { 59: "1/1" } });
    expect(await count(1.9)).toMatchObject({ minutes: { 59: "0/1" } });
  }),
);

test(
  "counts feature hours within the threshold as good, per version in the hour's last minute, and no other windows",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const base = {
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      versionId,
      profileId: versionId,
      rows: 100,
      features: [],
    };
    const evaluate = (more: object, inside: number, all: number) =>
      ctx.db.insert(driftWindows).values({
        ...base,
        start: at(0),
        length: "hour" as const,
        verdict: { counted: { inside, all } } as never,
        ...more,
      });
    await evaluate({}, 22, 24);
    await evaluate({ segment: "carrier=UA" }, 1, 24);
    await evaluate({ length: "day" }, 2, 24);
    await evaluate({ start: new Date(at(0).getTime() - 60 * minuteMs) }, 0, 0);
    expect(await countBytes(ctx, { kind: "drift-budget", endpointId })).toMatchObject({ minutes: { 59: "22/24" } });
  }),
);
