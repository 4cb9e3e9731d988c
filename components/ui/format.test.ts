import { describe, expect, it } from "vitest";
import {
  columnDecimals,
  formatBytes,
  formatChange,
  formatCount,
  formatCountOf,
  formatMoney,
  formatNewest,
  formatNumber,
  formatPercent,
  formatPoints,
  formatUnit,
  plural,
  truncateMiddle,
} from "./format.ts";

/** Makes non-breaking spaces visible, so that the expectations are readable. */
const seen = (text: string) => text.replaceAll("\u00a0", "_");

describe("numbers", () => {
  it.each([
    [0, "0"],
    [0.91234, "0.912"],
    [12.345, "12.3"],
    [83, "83"],
    [149.6, "150"],
    [1234.5, "1,230"],
    [-0.5, "−0.5"],
    [0.0003, "3e−4"],
    [0.00123, "0.00123"],
    [2.5e10, "2.5e10"],
  ])("formats %d with three significant figures as %s", (value, expected) => {
    expect(formatNumber(value)).toBe(expected);
  });

  it("keeps the decimals of a column, and never shows a non-zero value as zero", () => {
    expect(formatNumber(96, { decimals: 1 })).toBe("96.0");
    expect(formatNumber(0.001, { decimals: 2 })).toBe("< 0.01");
    expect(formatNumber(0, { decimals: 2 })).toBe("0.00");
  });

  it.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])("returns a dash for %s", (value) => {
    for (const format of [formatNumber, formatCount, formatPercent, formatPoints, formatBytes, formatMoney]) {
      expect(format(value)).toBe("–");
    }
    expect(formatUnit(value, "ms")).toBe("–");
  });

  it("gives a column the decimals of its median value, at most two", () => {
    expect(columnDecimals([0.661, 1.37, 0.84, 105, null])).toBe(2);
    expect(columnDecimals([74.4, 12.3, 9.1])).toBe(1);
    expect(columnDecimals([0.0445, 0.379, 0.101], 3)).toBe(3);
    expect(columnDecimals([215, 480, 0])).toBe(0);
    expect(columnDecimals([null, 0, undefined])).toBe(0);
  });

  it("inserts a non-breaking space before the unit", () => {
    expect(seen(formatUnit(83, "ms"))).toBe("83_ms");
    expect(seen(formatUnit(41.23, "/s"))).toBe("41.2_/s");
    expect(["€", "€k", "CHF\u00a0", "%"].map((unit) => seen(formatUnit(-5, unit)))).toEqual([
      "−€5.00",
      "−€5k",
      "−CHF_5.00",
      "−5%",
    ]);
    expect(formatUnit(0.01, "€", { decimals: 1 })).toBe("< €0.1");
    expect([0.00667, 90].map((value) => formatUnit(value, "€"))).toEqual(
      [0.00667, 90].map((value) => formatMoney(value, "€")),
    );
    expect(seen(plural(1, "run"))).toBe("1_run");
    expect(seen(plural(1412, "run"))).toBe("1,412_runs");
    expect(formatCountOf(257, 64206)).toBe("257 of 64,206");
    expect(formatNewest(50, 2130)).toBe("Newest 50 of 2,130");
    expect(formatNewest(50, 2130, { isFirst: false })).toBe("50 of 2,130");
    expect(formatNewest(2130, 2130)).toBe("2,130");
  });
});

describe("shares and changes", () => {
  it.each([
    [0, "0%"],
    [0.0041, "0.41%"],
    [0.156, "15.6%"],
    [0.62, "62%"],
    [1, "100%"],
    [0.0004, "< 0.1%"],
    [0.99997, "> 99.9%"],
    [-0.02, "−2%"],
  ])("formats the ratio %d as %s", (ratio, expected) => {
    expect(seen(formatPercent(ratio))).toBe(expected);
  });

  it("keeps the decimals of a percentage column", () => {
    expect(seen(formatPercent(0.9993, { decimals: 2 }))).toBe("99.93%");
    expect(seen(formatPercent(0.96, { decimals: 1 }))).toBe("96.0%");
    expect(seen(formatPercent(0.00001, { decimals: 2 }))).toBe("< 0.01%");
  });

  it("formats changes above double as multiples, others with a sign and a real minus", () => {
    expect(formatChange(1, 4.1)).toBe("4.1×");
    expect(seen(formatChange(100, 122))).toBe("+22%");
    expect(seen(formatChange(100, 97))).toBe("−3%");
    expect(formatChange(0, 5)).toBe("–");
    expect(seen(formatPoints(-0.005))).toBe("−0.5_pp");
    expect(seen(formatPoints(0.011))).toBe("+1.1_pp");
  });
});

describe("sizes, money and ids", () => {
  it.each([
    [0, "0_B"],
    [999, "999_B"],
    [4_210_000, "4.21_MB"],
    [999_950, "1_MB"],
  ])("formats %d bytes as %s", (bytes, expected) => {
    expect(seen(formatBytes(bytes))).toBe(expected);
  });

  it("places the currency before the amount", () => {
    expect(formatMoney(0.116)).toBe("€0.116");
    expect(formatMoney(11480)).toBe("€11,480");
    expect(formatMoney(1.12)).toBe("€1.12");
  });

  it("truncates ids in the middle and leaves short ones unchanged", () => {
    expect(truncateMiddle("4f9c1a77c2e9e07b", 12)).toBe("4f9c1a77…07b");
    expect(truncateMiddle("r-8f2c")).toBe("r-8f2c");
  });
});
