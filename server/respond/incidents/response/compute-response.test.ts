import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { computeResponse, type RespondedIncident, spreadOf } from "./compute-response.ts";

const at = (hour: number, minutes: number) => Date.UTC(2026, 4, 4, hour, minutes);

/** The example of docs/spec/alerting.md section 20. */
const example: RespondedIncident = {
  state: "resolved",
  isFoundByMachine: true,
  startedAt: at(10, 0),
  detectedAt: at(10, 6),
  pagedAt: at(10, 6),
  acknowledgedAt: at(10, 9),
  mitigatedAt: at(10, 31),
  resolvedAt: at(11, 10),
  hypothesisAt: at(10, 6) + 20_000,
  impactMinutes: 10,
  badEvents: 1000,
  customerMinutes: null,
};
const none = { total: 0, failed: 0, rolledBack: 0 };

test("computes 6, 3, 31 and 70 min for start 10:00, page 10:06, ack 10:09, mitigated 10:31, resolved 11:10", () => {
  const metrics = computeResponse([example], none);
  const minutes = [metrics.detect, metrics.acknowledge, metrics.restore, metrics.resolve].map(
    (spread) => (spread?.mean ?? 0) / minuteMs,
  );
  expect(minutes).toEqual([6, 3, 31, 70]);
  expect(metrics.hypothesis?.median).toBe(20_000);
  expect(metrics).toMatchObject({ impactMinutes: 10, badEvents: 1000, customerMinutes: null, detectedByMachine: 1 });
  expect(metrics.words.replaceAll("\u00a0", " ")).toBe(
    "Detected in 6 min, acknowledged in 3 min, restored in 31 min (one incident).",
  );
});

test("has no acknowledgement time for declared incidents, ignores cancelled ones, and counts open ones apart", () => {
  const declared = { ...example, isFoundByMachine: false, pagedAt: null, detectedAt: at(10, 10) };
  const metrics = computeResponse(
    [example, declared, { ...example, state: "cancelled" }, { ...example, state: "active", detectedAt: at(10, 59) }],
    { total: 20, failed: 3, rolledBack: 2 },
  );
  expect(metrics).toMatchObject({ incidents: 2, open: 1, detectedByMachine: 0.5 });
  expect(metrics.acknowledge?.count).toBe(1);
  const joined = computeResponse([{ ...declared, pagedAt: at(10, 30) }], none);
  expect(joined.acknowledge).toBeNull();
  expect(metrics.detect).toMatchObject({ count: 2, mean: 8 * minuteMs });
  expect(metrics.changes).toEqual({ total: 20, failed: 3, rolledBack: 2, rate: 0.15 });
});

test("returns the median and the 90th percentile next to the mean", () => {
  const spread = spreadOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]);
  expect(spread).toMatchObject({ count: 11, median: 6, p90: 10 });
  expect(spread?.mean).toBeCloseTo(14.09, 2);
  expect(spreadOf([null])).toBeNull();
  expect(computeResponse([], none)).toMatchObject({ detect: null, detectedByMachine: null, changes: { rate: null } });
});
