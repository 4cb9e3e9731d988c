import { expect, test } from "vitest";
import { checkLateEvents } from "./late-events.ts";

const limits = { afterMs: 600_000, maxShare: 0.05 };
const check = (times: object) =>
  checkLateEvents({ requests: 400, withEventTime: 400, late: 0, outOfOrder: 0, ...times }, limits);

test("opens a ticket with numbers for unusually many late events", () => {
  expect(check({ late: 40, outOfOrder: 100 })).toMatchObject({
    state: "broken",
    severity: "ticket",
    share: 0.1,
    line: 0.05,
    rows: 400,
    words:
      "10% of requests arrived later than 10\u00a0min after their event: 40 of 400 with an event time, 5% expected. 25% arrived out of order.",
  });
});

test("reports insignificant lateness without a severity, and ignores order alone", () => {
  expect(check({ late: 24 })).toMatchObject({ state: "small", severity: null });
  expect(check({ outOfOrder: 390 })).toMatchObject({ state: "whole", severity: null });
});

test("explains how to send event times if there are none, and is unknown with few", () => {
  expect(check({ withEventTime: 0 })).toMatchObject({
    state: "unknown",
    words: expect.stringContaining("leeway-event-at"),
  });
  expect(check({ withEventTime: 49, late: 49 })).toMatchObject({
    state: "unknown",
    words: expect.stringContaining("49 logged requests"),
  });
});
