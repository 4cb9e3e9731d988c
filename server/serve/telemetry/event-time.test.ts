import { expect, test } from "vitest";
import { eventTime } from "./event-time.ts";

test("reads the event time from the header, then the parameter, and ignores invalid instants", () => {
  const reported = "2026-05-04T13:59:59.5+02:00";
  expect(eventTime({ headers: { "leeway-event-at": reported } })).toBe("2026-05-04T11:59:59.500Z");
  expect(eventTime({ headers: {}, parameters: { event_at: reported } })).toBe("2026-05-04T11:59:59.500Z");
  for (const wrong of ["2026-05-04T11:59:00", "0001-01-01T00:00:00Z", 1_777_000_000, null]) {
    expect(eventTime({ parameters: { event_at: wrong } })).toBeNull();
  }
  expect(eventTime({})).toBeNull();
});
