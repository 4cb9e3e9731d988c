import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { poissonFrom } from "#server/stats/random-counts.ts";
import { checkTraffic, checkVolume, type HourVolume, usualOf } from "./volume-checks.ts";

const hour = (requests: number, weeksAgo: number[] = [400, 380, 420, 410], daysAgo: number[] = []): HourVolume => ({
  start: 0,
  requests,
  weeksAgo,
  daysAgo,
});

test("uses the median of the same hour of the week as normal, or of the day without weeks of history", () => {
  expect(usualOf(hour(0))).toBe(405);
  expect(usualOf(hour(0, [400], [100, 300, 200]))).toBe(200);
  expect(usualOf(hour(0, [400], [100, 300]))).toBeNull();
});

test("opens a ticket for half or double the volume for two hours, but not for one", () => {
  expect(checkVolume([hour(150), hour(170)])).toMatchObject({ state: "broken", severity: "ticket" });
  expect(checkVolume([hour(150), hour(400)])).toMatchObject({ state: "whole" });
  expect(checkVolume([hour(900), hour(150)])).toMatchObject({ state: "whole" });
  expect(checkVolume([hour(900), hour(820)]).words).toBe(
    "900 requests in the last hour, normally 405: 2.2 times the normal volume for two hours (820 before).",
  );
});

test("returns unknown for half or double the volume at low traffic", () => {
  expect(checkVolume([hour(2, [9, 8, 9]), hour(2, [9, 8, 9])])).toMatchObject({ state: "unknown" });
});

test("pages for stopped traffic as soon as it is significant", () => {
  const last = (five: number, fifteen: number, sixty: number) =>
    new Map([
      [5, five],
      [15, fifteen],
      [60, sixty],
    ]);
  expect(checkTraffic({ last: last(0, 40, 300), hour: hour(300) })).toMatchObject({
    state: "broken",
    severity: "page",
  });
  expect(checkTraffic({ last: last(0, 40, 300), hour: hour(300) }).words).toBe(
    "No requests in 5 minutes, normally 33.8.",
  );
  const slow = [130, 140, 120];
  expect(checkTraffic({ last: last(0, 9, 90), hour: hour(90, slow) })).toMatchObject({ state: "whole" });
  expect(checkTraffic({ last: last(0, 0, 90), hour: hour(90, slow) })).toMatchObject({ state: "broken" });
  expect(checkTraffic({ last: last(0, 0, 0), hour: hour(0, [9, 8, 7]) })).toMatchObject({ state: "unknown" });
});

test("raises no alarm for steady traffic in 5,000 hours", () => {
  const random = seededRandom(9);
  const drawn = () =>
    hour(
      poissonFrom(40, random),
      [0, 0, 0, 0].map(() => poissonFrom(40, random)),
    );
  let alarms = 0;
  for (let each = 0; each < 5000; each++) {
    const [now, before] = [drawn(), drawn()];
    if (checkVolume([now, before]).state === "broken") alarms += 1;
    const last = new Map([
      [5, poissonFrom(40 / 12, random)],
      [15, poissonFrom(10, random)],
      [60, now.requests],
    ]);
    if (checkTraffic({ last, hour: now }).state === "broken") alarms += 1;
  }
  expect(alarms).toBe(0);
});
