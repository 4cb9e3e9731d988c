import { expect, test } from "vitest";
import { DigestSettings } from "./contract.ts";
import { dueWeek, nextMoment } from "./due.ts";

const at = (text: string) => Date.parse(text);
const berlin = DigestSettings.parse({ timeZone: "Europe/Berlin" });
const never = { sentFor: null, since: 0 };

test("the week that is over is due on Monday at 07:30 where the person is, in summer and in winter", () => {
  expect(dueWeek(berlin, { ...never, now: at("2026-05-11T05:29Z") })).toBeUndefined();
  expect(dueWeek(berlin, { ...never, now: at("2026-05-11T05:30Z") })).toBe("2026-05-04");
  expect(dueWeek(berlin, { ...never, now: at("2026-11-23T06:29Z") })).toBeUndefined();
  expect(dueWeek(berlin, { ...never, now: at("2026-11-23T06:30Z") })).toBe("2026-11-16");
});

test("it is due once, and later in the week where the worker stood still", () => {
  const now = at("2026-05-14T12:00Z");
  expect(dueWeek(berlin, { ...never, now })).toBe("2026-05-04");
  expect(dueWeek(berlin, { ...never, sentFor: "2026-05-04", now })).toBeUndefined();
  expect(dueWeek(berlin, { ...never, sentFor: "2026-04-27", now })).toBe("2026-05-04");
});

test("whoever subscribes on Tuesday gets the first one on the next Monday", () => {
  const since = at("2026-05-12T09:00Z");
  expect(dueWeek(berlin, { sentFor: null, since, now: at("2026-05-12T09:05Z") })).toBeUndefined();
  expect(dueWeek(berlin, { sentFor: null, since, now: at("2026-05-18T05:31Z") })).toBe("2026-05-11");
});

test("where Monday comes before the week of the report is over, the mail waits for its end", () => {
  const auckland = DigestSettings.parse({ timeZone: "Pacific/Auckland" });
  expect(dueWeek(auckland, { ...never, now: at("2026-05-10T23:59Z") })).toBeUndefined();
  expect(dueWeek(auckland, { ...never, now: at("2026-05-11T00:00Z") })).toBe("2026-05-04");
});

test("the next one is told, also on the day itself", () => {
  const friday = DigestSettings.parse({ timeZone: "UTC", weekday: 5, at: "16:00" });
  expect(new Date(nextMoment(friday, at("2026-05-15T15:00Z"))).toISOString()).toBe("2026-05-15T16:00:00.000Z");
  expect(new Date(nextMoment(friday, at("2026-05-15T16:00Z"))).toISOString()).toBe("2026-05-22T16:00:00.000Z");
});
