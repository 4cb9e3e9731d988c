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

test("holds a ticket from the cap on, and not before", () => {
  expect(decideCap(facts("ticket", "firing", { sent: 59 }))).toBe("send");
  expect(decideCap(facts("ticket", "firing"))).toBe("hold");
});

test("never holds the first notification of a page, and sends further ones at most once a minute", () => {
  expect(decideCap(facts("page", "firing", { sent: 10_000 }))).toBe("send");
  expect(decideCap(facts("page", "firing", { isNotified: true, lastAt: ago(61) }))).toBe("send");
  expect(decideCap(facts("page", "firing", { isNotified: true, lastAt: ago(20) }))).toEqual({ until: ago(-40) });
  expect(decideCap(facts("page", "resolved", { isNotified: true, lastAt: ago(20) }))).toBe("send");
});

test("sends a resolution if the firing state was sent, and an edit always", () => {
  expect(decideCap(facts("ticket", "resolved", { isNotified: true }))).toBe("send");
  expect(decideCap(facts("ticket", "resolved"))).toBe("hold");
  expect(decideCap(facts("ticket", "firing", { isEdit: true }))).toBe("send");
});

test("aligns the hour with the clock", () => {
  expect(hourOf(now)).toEqual({ from: new Date("2026-05-04T10:00:00Z"), to: new Date("2026-05-04T11:00:00Z") });
});
