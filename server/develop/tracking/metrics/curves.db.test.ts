import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import type { CurvePoint } from "./contract.ts";
import { getMetricCurves } from "./curve-queries.ts";
import { logBatch } from "./log-batch.ts";
import { idleAfterMs, packRun } from "./pack-run.ts";

test(
  "returns a short curve completely, in order, with NaN as a gap",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const metrics = [point("loss", 2, 1), point("loss", Number.NaN, 2), point("loss", 3, 0), point("acc", 1)];
    await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    const curves = await getMetricCurves(ctx, { runIds: [runId], keys: ["loss", "none"], maxPoints: 10 });
    expect(curves).toEqual([
      {
        runId,
        key: "loss",
        totalPoints: 3,
        points: [
          { step: 0, timestamp: 1, value: 3 },
          { step: 1, timestamp: 1, value: 2 },
          { step: 2, timestamp: 1, value: null },
        ],
      },
    ]);
    expect(
      await getMetricCurves(await newWorkspace(ctx.db), { runIds: [runId], keys: ["loss"], maxPoints: 10 }),
    ).toEqual([]);
  }),
);

test(
  "downsamples a long curve to the min–max band of each bucket, and keeps its ends",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const steps = 2_999;
    // A fixed multiplier spreads the values without a pattern that could match the buckets.
    const value = (step: number) => (step === 1_234 ? 1e6 : step === 77 ? -1e6 : (step * 7_919) % 1_009);
    for (let first = 0; first <= steps; first += 1000) {
      const metrics = Array.from({ length: 1000 }, (_, index) => point("m", value(first + index), first + index));
      await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    }
    await logBatch(ctx, { runId, metrics: [point("m", Number.NaN, 500, { timestamp: 2 })], params: [], tags: [] });
    const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["m"], maxPoints: 100 });
    const points = curve?.points ?? [];
    expect(curve?.totalPoints).toBe(steps + 2);
    expect(points.length).toBeLessThanOrEqual(100);
    expect(points.length).toBeGreaterThan(80);
    expect(extremes(points)).toEqual([-1e6, 1e6]);
    expect(points).toContainEqual({ step: 500, timestamp: 2, value: null });
    expect(points[0]).toEqual({ step: 0, timestamp: 1, value: value(0) });
    expect(points.at(-1)).toEqual({ step: steps, timestamp: 1, value: value(steps) });
    expect(points.map(({ step }) => step)).toEqual(points.map(({ step }) => step).toSorted((a, b) => a - b));
    const peak = points.find(({ high }) => high === 1e6);
    expect(Math.abs((peak?.step ?? 0) - 1_234)).toBeLessThan(steps / 80);
  }),
);

test(
  "returns only the requested range of a curve, by step or by time",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const metrics = Array.from({ length: 100 }, (_, step) => point("m", step, step, { timestamp: 1_000 - step }));
    await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    const part = async (range: { x?: "step" | "time"; from?: number; to?: number }) => {
      const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["m"], maxPoints: 50, ...range });
      return [curve?.totalPoints, curve?.points.map(({ value }) => value)];
    };
    expect(await part({ from: 10, to: 13 })).toEqual([4, [10, 11, 12, 13]]);
    expect(await part({ from: 97 })).toEqual([3, [97, 98, 99]]);
    expect(await part({ x: "time", to: 903 })).toEqual([3, [99, 98, 97]]);
    expect(await part({ from: 200 })).toEqual([undefined, undefined]);
  }),
);

test(
  "returns curves with extreme steps and extreme values",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const ends = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    const largest = Number.MAX_VALUE;
    const metrics = [...ends, 0, 1, 2, 3].map((step) =>
      point("m", step === 2 ? Number.POSITIVE_INFINITY : largest, step),
    );
    metrics.push(point("m", Number.NEGATIVE_INFINITY, 1));
    await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["m"], maxPoints: 4 });
    expect(curve?.points.map(({ step }) => step)).toEqual(expect.arrayContaining(ends));
    expect(extremes(curve?.points ?? [])).toEqual([-largest, largest]);
  }),
);

/** Returns the lowest and highest value of a chart: of its line and of the band behind it. */
function extremes(points: readonly CurvePoint[]): number[] {
  const numbers = points.flatMap(({ value, low, high }) => [value, low, high]).filter((one) => typeof one === "number");
  return [Math.min(...numbers), Math.max(...numbers)];
}

test(
  "draws points of steps that were done again apart from those that count, packed or not",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    // Steps 0 to 1,999 in seconds 1 to 2,000; then again from step 1,500 on, to step 2,999.
    const first = Array.from({ length: 2000 }, (_, step) => point("m", 1, step, { timestamp: 1000 * (step + 1) }));
    const second = Array.from({ length: 1500 }, (_, at) =>
      point("m", 2, 1500 + at, { timestamp: 3_000_000 + 1000 * at }),
    );
    const points = [...first, ...second];
    for (let at = 0; at < points.length; at += 1000) {
      await logBatch(ctx, { runId, metrics: points.slice(at, at + 1000), params: [], tags: [] });
    }
    const spans = [{ from: 0, to: 2_999_999, above: 1499 }];
    const read = async (part: "kept" | "lost", maxPoints: number, x: "step" | "time" = "step") => {
      const redone = { spans, part };
      const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["m"], maxPoints, x, redone });
      return { total: curve?.totalPoints, points: curve?.points ?? [] };
    };
    const check = async (maxPoints: number) => {
      const kept = await read("kept", maxPoints);
      expect(kept.total).toBe(3000);
      const past = kept.points.filter(({ step }) => step < 1400);
      const later = kept.points.filter(({ step }) => step > 1600);
      expect([...new Set(past.map(({ value }) => value)), ...new Set(later.map(({ value }) => value))]).toEqual([1, 2]);
      const lost = await read("lost", maxPoints);
      expect(lost.total).toBe(500);
      expect(lost.points.every(({ step, value }) => step >= 1500 && step < 2000 && value === 1)).toBe(true);
      expect((await read("lost", maxPoints, "time")).total).toBe(500);
    };
    await check(10_000);
    await check(40);
    while (await packRun(ctx, runId, Date.now() + 2 * idleAfterMs));
    await check(10_000);
    await check(40);
  }),
);
