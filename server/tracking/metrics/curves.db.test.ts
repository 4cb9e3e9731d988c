import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing.ts";
import { newRun, point } from "../testing.ts";
import { getMetricCurves } from "./curve-queries.ts";
import { logBatch } from "./log-batch.ts";

test(
  "a short curve is returned whole, in order, NaN as a gap",
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
  "a long curve is thinned, and its highest, lowest, first and last points stay wherever they are",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const steps = 2_999;
    // A fixed multiplier spreads the values without a pattern that buckets could follow.
    const value = (step: number) => (step === 1_234 ? 1e6 : step === 77 ? -1e6 : (step * 7_919) % 1_009);
    for (let first = 0; first <= steps; first += 1000) {
      const metrics = Array.from({ length: 1000 }, (_, index) => point("m", value(first + index), first + index));
      await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    }
    await logBatch(ctx, { runId, metrics: [point("m", Number.NaN, 500, { timestamp: 2 })], params: [], tags: [] });
    const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["m"], maxPoints: 100 });
    const points = curve?.points ?? [];
    expect(curve?.totalPoints).toBe(steps + 2);
    expect(points.length).toBeLessThanOrEqual(103);
    expect(points.length).toBeGreaterThan(90);
    expect(points).toContainEqual({ step: 1_234, timestamp: 1, value: 1e6 });
    expect(points).toContainEqual({ step: 77, timestamp: 1, value: -1e6 });
    expect(points).toContainEqual({ step: 500, timestamp: 2, value: null });
    expect([points[0]?.step, points.at(-1)?.step]).toEqual([0, steps]);
    expect(points.map(({ step }) => step)).toEqual(points.map(({ step }) => step).toSorted((a, b) => a - b));
  }),
);

test(
  "steps as far apart as can be are drawn",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const ends = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    const metrics = [...ends, 0, 1, 2, 3].map((step) => point("m", step === 2 ? 9 : 1, step));
    await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["m"], maxPoints: 4 });
    expect(curve?.points.map(({ step }) => step)).toEqual(expect.arrayContaining([ends[0], 2, ends[1]]));
  }),
);
