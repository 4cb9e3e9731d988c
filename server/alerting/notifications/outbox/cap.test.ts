import { expect, test } from "vitest";
import { type CapFacts, decideCap, hourOf } from "./cap.ts";

const now = new Date("2026-05-04T10:30:00Z");
const facts = (
  severity: string,
  status: "firing" | "resolved" | "acknowledged",
  more: Partial<CapFacts> = {},
): CapFacts => ({
  severity,
  status,
  isNotified: false,
  lastAt: null,
  isEdit: false,
  sent: 60,
  maxPerHour: 60,
  now,
  ...more,
});
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

test("a ticket is held from the cap on, and not before", () => {
  expect(decideCap(facts("ticket", "firing", { sent: 59 }))).toBe("send");
  expect(decideCap(facts("ticket", "firing"))).toBe("hold");
});

test("the first of a page is never held, and what follows comes at most once a minute", () => {
  expect(decideCap(facts("page", "firing", { sent: 10_000 }))).toBe("send");
  expect(decideCap(facts("page", "firing", { isNotified: true, lastAt: ago(61) }))).toBe("send");
  expect(decideCap(facts("page", "firing", { isNotified: true, lastAt: ago(20) }))).toEqual({ until: ago(-40) });
  expect(decideCap(facts("page", "resolved", { isNotified: true, lastAt: ago(20) }))).toBe("send");
});

test("an end goes through where the beginning did, and an edit always, since nobody hears it", () => {
  expect(decideCap(facts("ticket", "resolved", { isNotified: true }))).toBe("send");
  expect(decideCap(facts("ticket", "resolved"))).toBe("hold");
  expect(decideCap(facts("ticket", "firing", { isEdit: true }))).toBe("send");
});

test("an hour is that of the clock", () => {
  expect(hourOf(now)).toEqual({ from: new Date("2026-05-04T10:00:00Z"), to: new Date("2026-05-04T11:00:00Z") });
});
