import { expect, test } from "vitest";
import { differenceRange, differenceText, intervalText, valueText } from "./metric-text.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("formats shares in percent and points, numbers with three decimals", () => {
  expect(valueText("proportion", 0.9687)).toBe("96.9%");
  expect(valueText("number", 0.26)).toBe("0.260");
  expect(valueText("number", 1234.5)).toBe("1,230");
  expect(valueText("number", null)).toBe("–");
  expect(plain(differenceText("proportion", 0.0335))).toBe("+3.4 pp");
  expect(plain(differenceText("proportion", -0.003))).toBe("−0.3 pp");
  expect(plain(differenceText("proportion", 0.0000004))).toBe("< 0.1 pp");
  expect(differenceText("number", -0.0217)).toBe("−0.022");
});

test("formats intervals", () => {
  expect(intervalText("proportion", { low: 0.963, high: 0.974 })).toBe("96.3% to 97.4%");
  expect(intervalText("number", null)).toBeUndefined();
  expect(differenceRange("proportion", { low: -0.007, high: 0.00001 })).toBe("−0.7 to 0");
  expect(differenceRange("number", { low: -0.0291, high: -0.0143 })).toBe("−0.029 to −0.014");
});
