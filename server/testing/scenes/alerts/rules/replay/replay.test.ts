import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { addTo } from "#server/stats/histogram.ts";
import { noTraffic, trafficValues } from "../../../../../respond/rules/metrics/traffic-values.ts";
import { replayValues } from "../../../../../respond/rules/replay/replay-values.ts";
import { RollingSums } from "../../../../../respond/rules/replay/rolling-sums.ts";

const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 100, windowMinutes: 1, forMinutes: 2 } as const;

test("a threshold fires in the past as the same rule would have, gaps leave it as it is", () => {
  const values = [50, 120, 120, 120, null, 130, 90, 120, 120, 120].map((value, at) => ({ at: at * minuteMs, value }));
  expect(replayValues(values, spec)).toEqual({
    episodes: [
      { from: 3 * minuteMs, to: 6 * minuteMs },
      { from: 9 * minuteMs, to: null },
    ],
    firingMinutes: 4,
    minutes: 9,
  });
});

test("a rolling window sums what is in it and forgets what fell out", () => {
  const rolling = new RollingSums(2);
  const of = (latencyMs: number, failed: number) => {
    const latencies = {};
    addTo(latencies, latencyMs);
    return { ...noTraffic, key: 0, windows: 6, requests: 1 + failed, failures: { "500": failed }, latencies };
  };
  const rates = [of(10, 1), of(1000, 0), undefined, undefined].map((one) => {
    const sum = rolling.push(one);
    return [trafficValues["error-rate"](sum, 120), trafficValues["p99-ms"](sum, 120) ?? null];
  });
  expect(rates.map(([errors]) => errors)).toEqual([0.5, 1 / 3, 0, null]);
  expect(rates.at(-1)).toEqual([null, null]);
});
