import { expect, test } from "vitest";
import { formatTime, parseTime } from "./parse-time.ts";

test.each([
  ["1970-01-01T00:00:00Z", 0n],
  ["2026-03-01T12:00:00", 1_772_366_400_000_000n],
  ["2026-03-01 12:00", 1_772_366_400_000_000n],
  ["2026-03-01", 1_772_323_200_000_000n],
  ["2026-03-01T13:00:00+02:00", 1_772_362_800_000_000n],
  ["2026-03-01T10:30:00-0130", 1_772_366_400_000_000n],
  ["2026-03-01T12:00:00.123456Z", 1_772_366_400_123_456n],
  // Digits below a microsecond round up, so that no row is older than it is.
  ["2026-03-01T12:00:00.000000001Z", 1_772_366_400_000_001n],
  ["1969-12-31T23:59:59.5Z", -500_000n],
  ["0001-01-01T00:00:00Z", -62_135_596_800_000_000n],
  ["2024-02-29T00:00:00Z", 1_709_164_800_000_000n],
])("reads %s", (text, us) => {
  expect(parseTime(text)).toBe(us);
});

test.each([
  "",
  "now",
  "1772366400",
  "2026-02-29T00:00:00Z",
  "2026-13-01",
  "2026-03-01T24:00:00Z",
  "2026-03-01T12:00:00+2",
])("does not read %j", (text) => {
  expect(parseTime(text)).toBeUndefined();
});

test("writes times that it reads back", () => {
  for (const us of [0n, 1n, -1n, 1_772_366_400_000_000n, 1_772_366_400_120_000n, -62_135_596_799_999_999n]) {
    expect(parseTime(formatTime(us))).toBe(us);
  }
  expect(formatTime(1_772_366_400_120_000)).toBe("2026-03-01T12:00:00.120Z");
  expect(formatTime(-1)).toBe("1969-12-31T23:59:59.999999Z");
});
