import { expect, test } from "vitest";
import { DigestSettings } from "./contract.ts";
import { dueWeek, nextMoment } from "./due.ts";

const at = (text: string) => Date.parse(text);
const berlin = { ...DigestSettings.parse({}), timeZone: "Europe/Berlin" };
const never = { sentFor: null, since: 0 };

test("is due on Monday at 07:30 in the workspace time zone, in summer and in winter", () => {
  expect(dueWeek(berlin, { ...never, now: at("2026-05-11T05:29Z") })).toBeUndefined();
  expect(dueWeek(berlin, { ...never, now: at("2026-05-11T05:30Z") })).toBe("2026-05-04");
  expect(dueWeek(berlin, { ...never, now: at("2026-11-23T06:29Z") })).toBeUndefined();
  expect(dueWeek(berlin, { ...never, now: at("2026-11-23T06:30Z") })).toBe("2026-11-16");
});

test("is due once, and later in the week if the worker was down", () => {
  const now = at("2026-05-14T12:00Z");
  expect(dueWeek(berlin, { ...never, now })).toBe("2026-05-04");
  expect(dueWeek(berlin, { ...never, sentFor: "2026-05-04", now })).toBeUndefined();
  expect(dueWeek(berlin, { ...never, sentFor: "2026-04-27", now })).toBe("2026-05-04");
});

test("is first due on the next Monday after subscribing on Tuesday", () => {
  const since = at("2026-05-12T09:00Z");
  expect(dueWeek(berlin, { sentFor: null, since, now: at("2026-05-12T09:05Z") })).toBeUndefined();
  expect(dueWeek(berlin, { sentFor: null, since, now: at("2026-05-18T05:31Z") })).toBe("2026-05-11");
});

test("is due on Sunday in UTC where Monday starts earlier", () => {
  const auckland = { ...berlin, timeZone: "Pacific/Auckland" };
  expect(dueWeek(auckland, { ...never, now: at("2026-05-10T19:29Z") })).toBeUndefined();
  expect(dueWeek(auckland, { ...never, now: at("2026-05-10T19:30Z") })).toBe("2026-05-04");
});

test("is due at its hour after a clock change, 167 or 169 hours after the last one", () => {
  const next = (after: string) => new Date(nextMoment(berlin, at(after))).toISOString();
  expect([next("2026-03-23T06:30Z"), next("2026-10-19T05:30Z")]).toEqual([
    "2026-03-30T05:30:00.000Z",
    "2026-10-26T06:30:00.000Z",
  ]);
});

test("returns the next time, also on the day itself", () => {
  const friday = { timeZone: "UTC", weekday: 5, at: "16:00" };
  expect(new Date(nextMoment(friday, at("2026-05-15T15:00Z"))).toISOString()).toBe("2026-05-15T16:00:00.000Z");
  expect(new Date(nextMoment(friday, at("2026-05-15T16:00Z"))).toISOString()).toBe("2026-05-22T16:00:00.000Z");
});

test("is due after midnight for the last minutes of a week, which no job may have seen", () => {
  const sunday = { timeZone: "UTC", weekday: 7, at: "23:58" };
  expect(dueWeek(sunday, { ...never, now: at("2026-05-10T23:57Z") })).toBeUndefined();
  expect(dueWeek(sunday, { ...never, now: at("2026-05-10T23:58Z") })).toBe("2026-04-27");
  expect(dueWeek(sunday, { ...never, now: at("2026-05-11T00:00Z") })).toBe("2026-04-27");
  expect(dueWeek(sunday, { ...never, sentFor: "2026-04-27", now: at("2026-05-11T00:05Z") })).toBeUndefined();
  expect(dueWeek(sunday, { ...never, now: at("2026-05-15T00:00Z") })).toBeUndefined();
  // Subscribed after that time: the next one is the first.
  expect(
    dueWeek(sunday, { sentFor: null, since: at("2026-05-10T23:59Z"), now: at("2026-05-11T00:00Z") }),
  ).toBeUndefined();
});
