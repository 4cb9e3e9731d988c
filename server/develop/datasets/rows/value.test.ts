import { expect, test } from "vitest";
import { listOfText, valueOfCell, valueOfFloat32, valueOfText } from "./value.ts";

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
  ["9007199254740993.0", "integer", "9007199254740993"],
  ["12345678901234567890.5", "number", "1.23456789012345678905e+19"],
  ["0.1234567890123456789", "number", "1.234567890123456789e-1"],
  ["-0.1234567890123456780", "number", "-1.23456789012345678e-1"],
  // Doubles in notations with more digits than they need, such as those of NumPy and of "%.17g".
  ["1.000000000000000056e-01", "number", "0.1"],
  ["0.10000000000000001", "number", "0.1"],
  ["9007199254740992.0", "number", "9007199254740992"],
  ["5e-324", "number", "5e-324"],
  ["0e5", "integer", "0"],
  ["-0.000", "integer", "0"],
  ["2e500", "number", "2e+500"],
  ["2e-500", "number", "2e-500"],
  ["1e1234567890123", "text", "1e1234567890123"],
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

test("distinguishes nested numbers that JSON writes alike, and reads their list", () => {
  const texts = [
    [Number.NaN],
    [null],
    [Infinity],
    [-Infinity],
    ["NaN"],
    [9007199254740993n],
    ["9007199254740993"],
    [0.1],
  ];
  const written = texts.map((list) => valueOfCell(list)?.text ?? "");
  expect(new Set(written).size).toBe(texts.length);
  expect(written.slice(0, 4).map(listOfText)).toEqual([[null], [null], [Infinity], [-Infinity]]);
  expect(listOfText('{"a":1}')).toBeUndefined();
});

test("distinguishes bytes that are no text, and takes others as text", () => {
  expect(valueOfCell(Uint8Array.of(255))).not.toEqual(valueOfCell(Uint8Array.of(254)));
  expect(valueOfCell(Buffer.from("ü"))).toEqual(valueOfText("ü"));
  expect(valueOfCell([Buffer.from("ü")])).toEqual(valueOfCell(["ü"]));
});

test("writes nested values with sorted keys", () => {
  expect(valueOfCell({ b: 1n, a: [true] })).toEqual(valueOfCell({ a: [true], b: 1 }));
});
