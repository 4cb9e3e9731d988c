import { expect, test } from "vitest";
import { valueOfCell, valueOfFloat32, valueOfText } from "./value.ts";

const written = (value: ReturnType<typeof valueOfText>) => value && [value.kind, value.text];

test.each([
  ["1", "integer", "1"],
  ["+1", "integer", "1"],
  ["-0", "integer", "0"],
  ["1.0", "integer", "1"],
  ["1e3", "integer", "1000"],
  [" 2.50 ", "number", "2.5"],
  [".5", "number", "0.5"],
  ["-1.5E-7", "number", "-1.5e-7"],
  ["inf", "number", "Infinity"],
  ["12345678901234567890", "integer", "12345678901234567890"],
  ["01", "text", "01"],
  ["1,5", "text", "1,5"],
  ["TRUE", "boolean", "true"],
  ["2026-05-01", "time", "2026-05-01T00:00:00.000Z"],
  ["2026-05-01 12:30", "time", "2026-05-01T12:30:00.000Z"],
  ["2026-05-01T12:30:00.123456+02:00", "time", "2026-05-01T10:30:00.123456Z"],
  ["2026-02-31", "text", "2026-02-31"],
  ["true love", "text", "true love"],
  ["None", "text", "None"],
])("parses %j as %s %s", (cell, kind, text) => {
  expect(written(valueOfText(cell))).toEqual([kind, text]);
});

test.each(["", "  ", "NaN", "NA", "null"])("treats %j as missing", (cell) => {
  expect(valueOfText(cell)).toBeNull();
});

test("writes a typed value like its text", () => {
  expect(valueOfCell(1)).toEqual(valueOfText("1.00"));
  expect(valueOfCell(12345678901234567890n)).toEqual(valueOfText("12345678901234567890"));
  expect(valueOfCell(true)).toEqual(valueOfText("True"));
  expect(valueOfCell(new Date("2026-05-01"))).toEqual(valueOfText("2026-05-01"));
  expect(valueOfCell(Number.NaN)).toBeNull();
  expect(valueOfFloat32(Math.fround(0.1))).toEqual(valueOfText("0.1"));
  expect(valueOfFloat32(Math.fround(16777215))).toEqual(valueOfText("16777215"));
});

test("writes nested values with sorted keys", () => {
  expect(valueOfCell({ b: 1n, a: [true] })).toEqual(valueOfCell({ a: [true], b: 1 }));
});
