import { expect, test } from "vitest";
import { qualitySpan } from "./quality-span.ts";

const at = (text: string) => Date.parse(text);

test("maps weeks of any time zone to whole UTC days, each day in one week", () => {
  const week = qualitySpan({
    from: at("2026-05-03T22:00Z"),
    to: at("2026-05-10T22:00Z"),
    until: at("2026-05-10T22:00Z"),
  });
  expect(week).toEqual({ from: new Date("2026-05-04T00:00Z"), to: new Date("2026-05-11T00:00Z") });
  const west = qualitySpan({
    from: at("2026-05-04T07:00Z"),
    to: at("2026-05-11T07:00Z"),
    until: at("2026-05-11T07:00Z"),
  });
  expect(west).toEqual(week);
});

test("ends an ongoing period now, even before its first UTC day has started", () => {
  const started = { from: at("2026-05-03T22:00Z"), to: at("2026-05-10T22:00Z"), until: at("2026-05-03T23:00Z") };
  const { from, to } = qualitySpan(started);
  expect(to.toISOString()).toBe("2026-05-03T23:00:00.000Z");
  expect(from < to).toBe(true);
});
