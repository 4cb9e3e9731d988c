import { expect, test } from "vitest";
import type { ScheduleLayer } from "./contract.ts";
import { scheduleWarnings } from "./schedule-warnings.ts";
import { type Rotation, shiftsOf } from "./shifts-of.ts";
import { gapsOf } from "./spans.ts";
import { shiftAround, turnAt } from "./turn-at.ts";

const [ines, tomasz, priya] = ["ines", "tomasz", "priya"] as const;

function layer(overrides: Partial<ScheduleLayer> = {}): ScheduleLayer {
  return {
    name: "Primary",
    userIds: [ines, tomasz],
    start: "2026-03-23T09:00",
    every: { unit: "week", count: 1 },
    hours: [],
    ...overrides,
  };
}

function rotation(...layers: ScheduleLayer[]): Rotation {
  return { timeZone: "Europe/Lisbon", layers };
}

function span(from: string, to: string) {
  return { from: new Date(from), to: new Date(to) };
}

/** Formats shifts as "who from to", in UTC. */
function read(shifts: readonly { userId: string; from: Date; to: Date }[]): string[] {
  const clock = (at: Date) => at.toISOString().slice(5, 16);
  return shifts.map(({ userId, from, to }) => `${userId} ${clock(from)} ${clock(to)}`);
}

function plain(sentence: string): string {
  return sentence.replaceAll("\u00a0", " ");
}

test("keeps the local handover hour at clock changes: 09:00 in Lisbon is 09:00 UTC in winter and 08:00 in summer", () => {
  const shifts = shiftsOf(rotation(layer()), [], span("2026-03-23T00:00Z", "2026-04-07T00:00Z"));
  expect(read(shifts)).toEqual([
    "ines 03-23T09:00 03-30T08:00",
    "tomasz 03-30T08:00 04-06T08:00",
    "ines 04-06T08:00 04-07T00:00",
  ]);
});

test("moves a missing local time forward, and uses the first of a repeated one", () => {
  const daily = layer({ start: "2026-03-28T01:30", every: { unit: "day", count: 1 } });
  // In Lisbon 01:00 to 02:00 of 29 March 2026 does not exist, and 25 October has that hour twice.
  expect(read(shiftsOf(rotation(daily), [], span("2026-03-28T12:00Z", "2026-03-30T12:00Z")))).toEqual([
    "ines 03-28T12:00 03-29T01:30",
    "tomasz 03-29T01:30 03-30T00:30",
    "ines 03-30T00:30 03-30T12:00",
  ]);
  const autumn = layer({ start: "2026-10-24T01:30", every: { unit: "day", count: 1 } });
  expect(read(shiftsOf(rotation(autumn), [], span("2026-10-24T12:00Z", "2026-10-26T12:00Z")))).toEqual([
    "ines 10-24T12:00 10-25T00:30",
    "tomasz 10-25T00:30 10-26T01:30",
    "ines 10-26T01:30 10-26T12:00",
  ]);
});

test("changes half days at the same local hours on the day of a clock change", () => {
  const halves = layer({ start: "2026-03-28T08:00", every: { unit: "hour", count: 12 } });
  expect(read(shiftsOf(rotation(halves), [], span("2026-03-28T00:00Z", "2026-03-30T00:00Z")))).toEqual([
    "ines 03-28T08:00 03-28T20:00",
    "tomasz 03-28T20:00 03-29T07:00",
    "ines 03-29T07:00 03-29T19:00",
    "tomasz 03-29T19:00 03-30T00:00",
  ]);
});

test("has no one before the first handover, and counts turns from it years later", () => {
  expect(shiftsOf(rotation(layer()), [], span("2026-03-01T00:00Z", "2026-03-20T00:00Z"))).toEqual([]);
  const later = shiftsOf(rotation(layer()), [], span("2028-03-27T07:00Z", "2028-03-27T09:00Z"));
  // 105 weeks are an odd number of turns.
  expect(read(later)).toEqual(["ines 03-27T07:00 03-27T08:00", "tomasz 03-27T08:00 03-27T09:00"]);
});

test("limits a layer to its hours, over midnight and by weekday, and reports gaps", () => {
  const nights = layer({ userIds: [priya], hours: [{ weekdays: [5], from: "22:00", to: "06:00" }] });
  const week = span("2026-04-06T00:00Z", "2026-04-13T00:00Z");
  const shifts = shiftsOf(rotation(nights), [], week);
  expect(read(shifts)).toEqual(["priya 04-10T21:00 04-11T05:00"]);
  const gaps = gapsOf(shifts, week);
  expect(gaps.map(({ from, to }) => [from.toISOString(), to.toISOString()])).toEqual([
    ["2026-04-06T00:00:00.000Z", "2026-04-10T21:00:00.000Z"],
    ["2026-04-11T05:00:00.000Z", "2026-04-13T00:00:00.000Z"],
  ]);
  expect(scheduleWarnings({ timeZone: "Europe/Lisbon", gaps, disabled: ["Ola"] }).map(plain)).toEqual([
    "No one is on call from Mon 6 Apr, 01:00 to Fri 10 Apr, 22:00 (4 d 21 h).",
    "No one is on call from Sat 11 Apr, 06:00 to Mon 13 Apr, 01:00 (1 d 19 h).",
    "Ola's account is disabled and will not be paged; reassign the shifts.",
  ]);
});

test("prefers a higher layer in its hours, and a lower one otherwise", () => {
  const days = layer({
    name: "Days",
    userIds: [priya],
    hours: [{ weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "17:00" }],
  });
  const shifts = shiftsOf(rotation(layer(), days), [], span("2026-04-06T00:00Z", "2026-04-07T12:00Z"));
  expect(read(shifts)).toEqual([
    "tomasz 04-06T00:00 04-06T08:00",
    "priya 04-06T08:00 04-06T16:00",
    "ines 04-06T16:00 04-07T08:00",
    "priya 04-07T08:00 04-07T12:00",
  ]);
  expect(shifts.map((shift) => shift.layer)).toEqual(["Primary", "Days", "Primary", "Days"]);
});

test("prefers an override to all layers, and the later of two overlapping ones", () => {
  const overrides = [
    { id: "a", userId: priya, ...span("2026-04-06T12:00Z", "2026-04-06T18:00Z") },
    { id: "b", userId: tomasz, ...span("2026-04-06T16:00Z", "2026-04-06T20:00Z") },
  ];
  const shifts = shiftsOf(rotation(layer()), overrides, span("2026-04-06T10:00Z", "2026-04-06T22:00Z"));
  expect(read(shifts)).toEqual([
    "ines 04-06T10:00 04-06T12:00",
    "priya 04-06T12:00 04-06T16:00",
    "tomasz 04-06T16:00 04-06T20:00",
    "ines 04-06T20:00 04-06T22:00",
  ]);
  expect(shifts.map(({ overrideId }) => overrideId)).toEqual([null, "a", "b", null]);
});

test("returns the turn until the next user, who is next on call", () => {
  const at = new Date("2026-04-01T12:00Z");
  const { current, next } = turnAt(rotation(layer()), [], at);
  expect(current).toMatchObject({ userId: tomasz, to: new Date("2026-04-06T08:00Z") });
  expect(next).toMatchObject({ userId: ines, from: new Date("2026-04-06T08:00Z"), to: new Date("2026-04-13T08:00Z") });
  expect(shiftAround(rotation(layer()), [], at)).toMatchObject({
    userId: tomasz,
    from: new Date("2026-03-30T08:00Z"),
    to: new Date("2026-04-06T08:00Z"),
  });
});

test("returns neither end nor next for a rotation of one user, and only the next in a gap", () => {
  const at = new Date("2026-04-07T12:00Z");
  const alone = turnAt(rotation(layer({ userIds: [ines] })), [], at);
  expect(alone).toMatchObject({ current: { userId: ines, to: null }, next: null });
  const nights = layer({ userIds: [priya], hours: [{ weekdays: [5], from: "22:00", to: "06:00" }] });
  const inGap = turnAt(rotation(nights), [], at);
  expect(inGap).toMatchObject({ current: null, next: { userId: priya, from: new Date("2026-04-10T21:00Z") } });
  expect(shiftAround(rotation(nights), [], at)).toBeNull();
});

test("merges adjacent turns of the same user, including overrides", () => {
  const overrides = [{ id: "a", userId: tomasz, ...span("2026-04-06T08:00Z", "2026-04-07T08:00Z") }];
  const { current } = turnAt(rotation(layer()), overrides, new Date("2026-04-01T12:00Z"));
  expect(current).toMatchObject({ userId: tomasz, to: new Date("2026-04-07T08:00Z") });
});

test("computes months of hourly turns in two layers within a second", () => {
  const hourly = (name: string) => layer({ name, every: { unit: "hour", count: 1 } });
  const started = performance.now();
  turnAt(rotation(hourly("a"), hourly("b")), [], new Date("2026-04-01T12:00Z"));
  expect(performance.now() - started).toBeLessThan(1000);
});
