import { expect, test } from "vitest";
import { type LiveTraffic, reasonToStop } from "./stop-rule.ts";

const rule = { errorShareRise: 0.02, latencyFactor: 2 };
const live = (change: Partial<LiveTraffic> = {}): LiveTraffic => ({
  endpoint: "digits",
  requests: 1000,
  serverErrors: 10,
  latencyMsP99: 20,
  ...change,
});

test("stops a test when live failures rise, and reports the failure rates", () => {
  expect(reasonToStop(rule, [live()], [live({ requests: 100, serverErrors: 4 })])).toBe(
    'Live requests of "digits" failed more often: 1.0% before the test, 4.0% during it.',
  );
  expect(reasonToStop(rule, [live()], [live({ requests: 100, serverErrors: 3 })])).toBeUndefined();
});

test("stops a test when p99 more than doubles, but not for a rise of a few milliseconds", () => {
  expect(reasonToStop(rule, [live()], [live({ latencyMsP99: 41 })])).toContain("p99 was 20\u00a0ms before");
  expect(reasonToStop(rule, [live()], [live({ latencyMsP99: 39 })])).toBeUndefined();
  expect(reasonToStop(rule, [live({ latencyMsP99: 2 })], [live({ latencyMsP99: 9 })])).toBeUndefined();
});

test("evaluates each endpoint separately and ignores endpoints with too little traffic", () => {
  const other = live({ endpoint: "other", latencyMsP99: 5 });
  const slow = live({ endpoint: "other", latencyMsP99: 50 });
  expect(reasonToStop(rule, [live(), other], [live(), slow])).toContain('"other"');
  expect(reasonToStop(rule, [live(), other], [live(), { ...slow, requests: 29 }])).toBeUndefined();
  expect(reasonToStop(rule, [live()], [slow])).toBeUndefined();
});
