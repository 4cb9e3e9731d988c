import { expect, test } from "vitest";
import { eventRates } from "./event-rates.ts";

const none = { events: 0, value: 0 };

test("divides events of sampled requests by sampled requests", () => {
  // 10% of the requests are sampled, and each of them has an event.
  const rates = eventRates({
    requests: 10_000,
    sampledRequests: 1000,
    bySample: { events: 1000, value: 5000 },
    byUnit: none,
  });
  expect(rates).toMatchObject({ eventsPer1000: 1000, valuePer1000: 5000, high: expect.closeTo(1000, 6) });
});

test("divides events of units by all requests, and adds both kinds without an interval", () => {
  const byUnit = { events: 100, value: 100 };
  expect(eventRates({ requests: 1000, sampledRequests: 100, bySample: none, byUnit })).toMatchObject({
    eventsPer1000: 100,
    low: expect.any(Number),
  });
  const both = eventRates({ requests: 1000, sampledRequests: 100, bySample: { events: 10, value: 10 }, byUnit });
  expect(both).toEqual({ eventsPer1000: 200, low: null, high: null, valuePer1000: 200 });
});

test("returns nulls without requests, or for events of a sample that was not counted", () => {
  const unknown = { eventsPer1000: null, low: null, high: null, valuePer1000: null };
  expect(eventRates({ requests: 0, sampledRequests: 0, bySample: none, byUnit: none })).toEqual(unknown);
  const bySample = { events: 1, value: 1 };
  expect(eventRates({ requests: 10, sampledRequests: 0, bySample, byUnit: none })).toEqual(unknown);
});

test("has no interval where a request may have several events", () => {
  const bySample = { events: 30, value: 30 };
  expect(eventRates({ requests: 100, sampledRequests: 20, bySample, byUnit: none })).toMatchObject({
    eventsPer1000: 1500,
    low: null,
  });
});
