import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { poissonFrom } from "../random-counts.ts";
import { absence } from "./absence.ts";
import { minuteSums } from "./minute-sums.ts";
import { simulateFalseAbsence, simulateSilence } from "./simulate-absence.ts";

const day = 1440;
const week = 7 * day;
/** 5 January 1970, a Monday. */
const options = { startMinute: 4 * day, minMinutes: null };

function traffic(perMinute: (minute: number) => number, minutes: number) {
  const total = Float64Array.from({ length: minutes }, (_, minute) => perMinute(minute));
  return minuteSums({ good: total, total });
}

function drawn(
  perHour: (minute: number) => number,
  minutes: number,
  { batch = 1, silentFrom = minutes, seed = 1 } = {},
) {
  const random = seededRandom(seed);
  return traffic((minute) => (minute < silentFrom ? batch * poissonFrom(perHour(minute) / 60, random) : 0), minutes);
}

test("detects absent traffic in minutes that usually have some", () => {
  const at = 10 * day;
  const sums = traffic((minute) => (minute < at - 15 ? 3 : 0), at);
  expect(absence(sums, at, options)).toEqual({ isAbsent: true, minutes: 10, usual: 30, untestable: null });
  expect(absence(sums, at, { ...options, minMinutes: 20 })).toMatchObject({ isAbsent: false, minutes: 20 });
  expect(absence(sums, at - 10, options).isAbsent).toBe(false);
});

test("does not report regularly quiet nights and weekends, planned downtime or a new service as absent", () => {
  const at = 21 * day;
  const nightly = traffic((minute) => (minute % day < 600 ? 0 : 3), at + 600);
  const weekly = traffic((minute) => (Math.floor(minute / day) % 7 < 1 ? 0 : 3), at + 600);
  for (const quiet of [nightly, weekly])
    for (let minute = at; minute <= at + 600; minute += 20)
      expect(absence(quiet, minute, options)).toMatchObject({ isAbsent: false, untestable: null });
  const outage = traffic((minute) => (minute < at - 30 ? 2 : 0), at);
  const left = new Uint8Array(at).fill(1, at - 30);
  expect(absence(outage, at, options).isAbsent).toBe(true);
  expect(absence(outage, at, { ...options, left }).isAbsent).toBe(false);
  const young = traffic((minute) => (minute < 500 ? 9 : 0), 600);
  expect(absence(young, 600, options)).toMatchObject({ isAbsent: false, untestable: { reason: "new" } });
});

test("does not take the first weekend of an endpoint for silence", () => {
  const office = (minute: number) => (Math.floor(minute / day) % 7 < 5 ? 2 : 0);
  expect(absence(traffic(office, 5 * day + 700), 5 * day + 700, options).isAbsent).toBe(false);
  const friday = traffic((minute) => (minute < 4 * day + 600 ? 2 : 0), 4 * day + 700);
  expect(absence(friday, 4 * day + 700, options).isAbsent).toBe(true);
});

test("requires the silence of 14 arrivals, and counts events in batches as one", () => {
  const at = 28 * day;
  const silence = (perHour: number, batch: number, minutes: number) =>
    absence(
      drawn(() => perHour, at, { batch, silentFrom: at - minutes }),
      at,
      options,
    ).isAbsent;
  expect(silence(60, 1, 10)).toBe(false);
  expect(silence(60, 1, 20)).toBe(true);
  // 12 batches of 5 an hour: half an hour without any is as likely as six missing events.
  expect(silence(12, 5, 30)).toBe(false);
  expect(silence(12, 5, 120)).toBe(true);
});

test("keeps an endpoint silent for as long as it is, for weeks", () => {
  const at = 28 * day;
  const sums = drawn(() => 60, at + 20 * day, { silentFrom: at });
  for (const days of [0.1, 1.5, 4, 9, 16]) expect(absence(sums, at + days * day, options).isAbsent).toBe(true);
  expect(absence(sums, at + 60 * day, options)).toMatchObject({
    isAbsent: false,
    untestable: { reason: "thin", hours: null },
  });
});

test("still detects silence in the weeks after an outage of a day", () => {
  const at = 28 * day;
  const outage = (minute: number) => (minute >= 15 * day && minute < 16 * day ? 0 : 60);
  expect(absence(drawn(outage, at, { silentFrom: at - 25 }), at, options).isAbsent).toBe(true);
});

test("says that silence cannot be detected in traffic that is too thin or irregular, and in how many hours it could", () => {
  const at = 28 * day;
  const thin = absence(
    drawn(() => 0.3, at),
    at,
    options,
  );
  expect(thin).toMatchObject({ isAbsent: false, untestable: { reason: "thin" } });
  // 14 arrivals at 0.3 an hour take 46 hours; the uncertain variance asks for some more.
  expect(thin.untestable?.hours).toBeGreaterThan(44);
  expect(thin.untestable?.hours).toBeLessThan(80);
  const batch = drawn((minute) => (minute % week >= 120 && minute % week < 180 ? 600 : 0), at + 300);
  expect(absence(batch, at + 300, options)).toMatchObject({ isAbsent: false, untestable: { reason: "irregular" } });
  expect(
    absence(
      drawn(() => 5, at),
      at,
      options,
    ).untestable,
  ).toBeNull();
});

test("pages for healthy traffic less than once in ten months, where the median of the same minutes paged daily", () => {
  const healthy = (perHour: (minute: number) => number, batch: number) =>
    simulateFalseAbsence({ perHour, batch, days: 28, months: 10, seed: 5 });
  // 13.6 and 180 false episodes a month by the rule before. `npm run bench -- watch-statistics` measures them to 0.1.
  expect(healthy((minute) => 60 + 30 * Math.sin((2 * Math.PI * minute) / day), 1)).toBeLessThanOrEqual(0.2);
  expect(healthy(() => 12, 5)).toBeLessThanOrEqual(0.2);
});

test("expects less of traffic that has just fallen", () => {
  const fallen = { perHour: (minute: number) => (minute < 28 * day ? 60 : 6), days: 28.5, fewArrivals: 3.5 };
  expect(simulateFalseAbsence({ ...fallen, months: 1, seed: 3 })).toBe(0);
  // 14 arrivals at 6 an hour take 140 minutes.
  const found = simulateSilence({ ...fallen, days: 32, silences: 4, seed: 4 });
  expect(Math.min(...found.map(Number))).toBeGreaterThan(80);
  expect(Math.max(...found.map((minutes) => minutes ?? 1e9))).toBeLessThan(360);
});

test("detects the silence of an endpoint with 60 requests an hour within 25 minutes", () => {
  const found = simulateSilence({ perHour: () => 60, days: 28, silences: 8, seed: 6 });
  expect(found).not.toContain(null);
  expect(Math.max(...found.map(Number))).toBeLessThanOrEqual(25);
});
