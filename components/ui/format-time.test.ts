import { describe, expect, it } from "vitest";
import { formatAbsolute, formatClock, formatDate, formatDuration, formatRelative, formatUntil } from "./format-time.ts";

const seen = (text: string) => text.replaceAll("\u00a0", "_");
const noon = Date.UTC(2026, 4, 10, 12, 0, 0);
const minute = 60_000;
const hour = 60 * minute;

describe("durations", () => {
  it.each([
    [0, "0_ms"],
    [0.0414, "41.4_µs"],
    [0.41, "0.41_ms"],
    [83, "83_ms"],
    [999.7, "1_s"],
    [2410, "2.4_s"],
    [59_970, "1_min"],
    [90_000, "1_min 30_s"],
    [7 * hour + 28 * minute, "7_h 28_min"],
    [50 * hour, "2_d 2_h"],
  ])("formats %d ms as %s", (ms, expected) => {
    expect(seen(formatDuration(ms))).toBe(expected);
  });

  it("returns a dash for an unknown duration", () => {
    expect(formatDuration(null)).toBe("–");
  });
});

describe("times", () => {
  it("formats times as relative up to seven days, then as a date", () => {
    expect(seen(formatRelative(noon - 26 * minute, noon))).toBe("26_min ago");
    expect(seen(formatRelative(noon + 12 * minute, noon))).toBe("in 12_min");
    expect(seen(formatRelative(noon - 6 * 24 * hour, noon))).toBe("6_d ago");
    expect(formatRelative(noon - 8 * 24 * hour, noon, "UTC")).toBe("2 May 2026");
    expect(formatRelative(noon, noon)).toBe("now");
  });

  it("formats the absolute time in the requested time zone, with the zone", () => {
    expect(formatAbsolute(noon, "UTC")).toBe("10 May 2026, 12:00:00 UTC");
    expect(formatClock(noon, { timeZone: "Europe/Berlin" })).toBe("14:00");
    expect(formatUntil(noon + hour, noon, "UTC")).toBe("13:00");
    expect(formatUntil(noon + 12 * hour, noon, "UTC")).toBe("11 May, 00:00");
    expect(formatUntil(noon + 11 * hour, noon, "Asia/Tokyo")).toBe("11 May, 08:00");
    expect(formatDate(noon, "UTC")).toBe("10 May 2026");
  });
});
