import { expect, test } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import type { Point } from "../log-contract.ts";
import { sampleMetricHistory } from "./history-queries.ts";
import { logBatch } from "./log-batch.ts";
import { idleAfterMs, packRun } from "./pack-run.ts";

/** Implements docs/spec/mlflow-rest.md section 8.3 literally. */
function expectedOf(runs: readonly (readonly Point[])[], limit: number, start: number, end: number) {
  const inside = runs.map((points) => points.filter(({ step }) => step >= start && step <= end));
  const all = [...new Set(inside.flat().map(({ step }) => step))].sort((a, b) => a - b);
  const chosen = new Set<number | undefined>(
    all.length <= limit
      ? all
      : [
          ...Array.from({ length: limit }, (_, position) => all[Math.floor((position * all.length) / limit)]),
          all.at(-1),
        ],
  );
  for (const points of inside) {
    const steps = points.map(({ step }) => step);
    if (steps.length > 0) chosen.add(Math.min(...steps)).add(Math.max(...steps));
  }
  return inside.map((points) =>
    points
      .filter(({ step }) => chosen.has(step))
      .sort((a, b) => a.step - b.step || a.timestamp - b.timestamp)
      .map(({ step, timestamp, value }) => ({ step, timestamp, value: Number.isNaN(value) ? "NaN" : value })),
  );
}

test(
  "samples several runs as MLflow does, complete and in part, before and after packing",
  inWorkspace(async (ctx) => {
    // Even steps; uneven ones with several points at one step and NaN; a few in between; and an empty run.
    const runs = [
      Array.from({ length: 900 }, (_, index) => point("loss", index / 7, 2 * index, { timestamp: index })),
      Array.from({ length: 700 }, (_, index) =>
        point("loss", index % 50 === 0 ? Number.NaN : index, 3 * Math.floor(index / 2) - 20, {
          timestamp: 9_000 - index,
        }),
      ),
      [-7, 901, 5_000].map((step) => point("loss", step, step)),
      [point("other", 1)],
    ];
    const runIds: string[] = [];
    for (const metrics of runs) {
      const { runId } = await newRun(ctx, `run ${runIds.length}`);
      await logBatch(ctx, { runId, metrics, params: [], tags: [] });
      runIds.push(runId);
    }
    const cases = [
      { limit: 1 },
      { limit: 37 },
      { limit: 2_500 },
      { limit: 37, range: { start: 333, end: 1_234 } },
      { limit: 5, range: { start: 901, end: 901 } },
      { limit: 5, range: { start: 6_000, end: 7_000 } },
    ];
    const expectMlflows = async () => {
      for (const { limit, range } of cases) {
        const found = await sampleMetricHistory(ctx, { runIds, key: "loss", limit, ...(range && { range }) });
        const { start, end } = range ?? { start: -100, end: 10_000 };
        const losses = [...runs.slice(0, 3), []];
        expect(
          runIds.map((id) =>
            found.filter(({ runId }) => runId === id).map(({ step, timestamp, value }) => ({ step, timestamp, value })),
          ),
        ).toEqual(expectedOf(losses, limit, start, end));
      }
    };
    await expectMlflows();
    for (const runId of runIds) while (await packRun(ctx, runId, Date.now() + 2 * idleAfterMs));
    await expectMlflows();
  }),
);
