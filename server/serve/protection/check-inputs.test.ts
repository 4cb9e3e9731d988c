import { expect, test } from "vitest";
import { mlpSignature } from "../../testing/fixtures/serving/testing.ts";
import { decodeBinary } from "../protocol/binary.ts";
import { readInferRequest } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindProtected } from "./bind-protected.ts";
import { checkInputs } from "./check-inputs.ts";
import { FieldContract, Protection } from "./contract.ts";
import type { Violation } from "./violation.ts";

const field = (overrides: object) => FieldContract.parse({ input: "x", ...overrides });
const floats = (...data: number[]): Tensor => ({
  name: "x",
  datatype: "FP32",
  shape: [data.length / 2, 2],
  data: Float32Array.from(data),
});
const texts = (...data: string[]): Tensor => ({ name: "x", datatype: "BYTES", shape: [data.length, 1], data });
const describeViolations = (violations: Violation[]) =>
  violations.map(({ field, kind, outcome }) => `${field} ${kind} ${outcome}`);

interface Case {
  name: string;
  tensor: Tensor;
  input: object;
  violations: string[];
  message?: string;
  /** Elements afterwards. */
  data?: unknown[];
}

const range = { minimum: 0, maximum: 10 };
const cases: Case[] = [
  { name: "a value inside its range", tensor: floats(0, 10), input: range, violations: [] },
  {
    name: "a value above its range",
    tensor: floats(1, 2, 3, 37),
    input: range,
    violations: ["x range rejected"],
    message: "input 'x', row 1: expected a number from 0 to 10, got 37",
  },
  {
    name: "a column with a name",
    tensor: floats(1, -2, 3, -4),
    input: { ...range, column: 1, name: "width" },
    violations: ["width range rejected"],
    message: "input 'x', field 'width', row 0: expected a number from 0 to 10, got -2",
  },
  { name: "another column", tensor: floats(1, -2), input: { ...range, column: 0 }, violations: [] },
  {
    name: "clipping to the nearest bound",
    tensor: floats(-3, 5, 12, 1),
    input: { ...range, onOutside: "clip" },
    violations: ["x range clipped"],
    data: [0, 5, 10, 1],
  },
  {
    name: "flagging leaves the value",
    tensor: floats(-3, 5),
    input: { ...range, onOutside: "flag" },
    violations: ["x range flagged"],
    data: [-3, 5],
  },
  {
    name: "NaN",
    tensor: floats(Number.NaN, 1),
    input: range,
    violations: ["x not-finite rejected"],
    message: "input 'x', row 0: expected a number from 0 to 10, got NaN",
  },
  {
    name: "an infinity with a fallback",
    tensor: floats(Number.POSITIVE_INFINITY, 1),
    input: { onNotFinite: "clip", fallback: 3 },
    violations: ["x not-finite clipped"],
    data: [3, 1],
  },
  {
    name: "two kinds at once",
    tensor: floats(Number.NaN, 99),
    input: { ...range, onNotFinite: "flag", onOutside: "clip" },
    violations: ["x not-finite flagged", "x range clipped"],
    data: [Number.NaN, 10],
  },
  {
    name: "a fraction where whole numbers are expected",
    tensor: floats(1.5, 2),
    input: { type: "integer", ...range },
    violations: ["x type rejected"],
    message: "input 'x', row 0: expected an integer from 0 to 10, got 1.5",
  },
  {
    name: "rounding a fraction",
    tensor: floats(1.6, 99.5),
    input: { type: "integer", ...range, onOutside: "clip" },
    violations: ["x type clipped"],
    data: [2, 10],
  },
  {
    name: "a boolean of 2",
    tensor: floats(2, 1),
    input: { type: "boolean" },
    violations: ["x type rejected"],
    message: "input 'x', row 0: expected 0 or 1, got 2",
  },
  {
    name: "a level that is none",
    tensor: texts("red", "blue"),
    input: { levels: ["red", "green"] },
    violations: ["x level rejected"],
    message: `input 'x', row 1: expected one of "red", "green", got "blue"`,
  },
  {
    name: "a level that is replaced",
    tensor: texts("red", "blue"),
    input: { levels: ["red", "other"], onOutside: "clip", fallback: "other" },
    violations: ["x level clipped"],
    data: ["red", "other"],
  },
  {
    name: "empty text",
    tensor: texts("", "red"),
    input: { onMissing: "clip", fallback: "none" },
    violations: ["x missing clipped"],
    data: ["none", "red"],
  },
  {
    name: "numbers where text is expected",
    tensor: floats(1, 2),
    input: { type: "text" },
    violations: ["x type rejected"],
    message: "input 'x': expected text, got FP32",
  },
  {
    name: "a column that is not there",
    tensor: floats(1, 2),
    input: { column: 7, name: "age" },
    violations: ["age missing rejected"],
    message: "input 'x', field 'age': expected a number, got 2 columns",
  },
  {
    name: "a fraction as the fallback of whole numbers",
    tensor: { name: "x", datatype: "INT64", shape: [1], data: BigInt64Array.of(99n) },
    input: { levels: [1.5], onOutside: "clip", fallback: 1.5 },
    violations: ["x level rejected"],
    data: [99n],
  },
  {
    name: "a bound of 64-bit integers",
    tensor: { name: "x", datatype: "INT64", shape: [2], data: BigInt64Array.of(5n, 99n) },
    input: { ...range, onOutside: "clip" },
    violations: ["x range clipped"],
    data: [5n, 10n],
  },
];

test.each(cases)("$name", ({ tensor, input: overrides, violations: expected, message, data }) => {
  const violations = checkInputs([tensor], [field(overrides)]);
  expect(describeViolations(violations)).toEqual(expected);
  if (message) expect(violations[0]?.message).toBe(message);
  if (data) expect(Array.from(tensor.data as Iterable<unknown>)).toEqual(data);
});

test("checks and clips half-precision values as numbers", () => {
  const raw = Buffer.from(new Float16Array([0.5, 99]).buffer);
  const data = decodeBinary("x", "FP16", raw, 2) as Uint16Array<ArrayBuffer>;
  const tensor: Tensor = { name: "x", datatype: "FP16", shape: [2], data };
  expect(describeViolations(checkInputs([tensor], [field({ ...range, onOutside: "clip" })]))).toEqual([
    "x range clipped",
  ]);
  expect([...new Float16Array(data.buffer)]).toEqual([0.5, 10]);
});

const request = (inputs: object[]) => readInferRequest(Buffer.from(JSON.stringify({ inputs })), Buffer.alloc(0));
const row = (...data: unknown[]) => request([{ name: "x", shape: [1, 4], datatype: "FP32", data }]);

/** Binds a request and returns the elements and the violations. */
function bind(given: ReturnType<typeof row>, ...inputs: object[]) {
  const noted: Violation[] = [];
  const fields = inputs.map(field);
  try {
    const { tensors } = bindProtected(fields, (found) => noted.push(...found), given, mlpSignature);
    return { data: Array.from(tensors[0]?.data as Float32Array), violations: describeViolations(noted) };
  } catch (error) {
    return { error: (error as Error).message, violations: describeViolations(noted) };
  }
}

test("treats null as missing: rejects it by name, replaces it, or flags it once as NaN", () => {
  expect(bind(row(1, null, 3, 4), { column: 1, name: "age" })).toEqual({
    error: "input 'x', field 'age', row 0: expected a number, got null",
    violations: ["age missing rejected"],
  });
  expect(bind(row(1, null, 3, 4), { column: 1, onMissing: "clip", fallback: 7 })).toEqual({
    data: [1, 7, 3, 4],
    violations: ["x[1] missing clipped"],
  });
  expect(bind(row(1, null, 3, 4), { column: 1, onMissing: "flag" })).toEqual({
    data: [1, Number.NaN, 3, 4],
    violations: ["x[1] missing flagged"],
  });
});

test("rejects null in a column without a contract", () => {
  expect(bind(row(1, null, 3, 4), { column: 0 }).error).toContain("element 1 is not a number");
});

test("counts a missing input under each of its fields", () => {
  expect(bind(request([{ name: "z", shape: [1], datatype: "FP32", data: [1] }]), { column: 0 }, { column: 1 })).toEqual(
    {
      error: "input 'x', field 'x[0]': expected a number, got nothing (and 1 more violation)",
      violations: ["x[0] missing rejected", "x[1] missing rejected"],
    },
  );
});

test("ignores a field of an input that the model does not have", () => {
  expect(bind(row(1, 2, 3, 4), { input: "of another model", minimum: 5 })).toEqual({
    data: [1, 2, 3, 4],
    violations: [],
  });
});

test.each([
  [{ minimum: 2, maximum: 1 }, "The maximum must not be below the minimum."],
  [{ onMissing: "clip" }, "Enter a fallback value."],
  [{ levels: ["a"], onOutside: "clip", fallback: "b" }, "Select one of the allowed values."],
  [{ minimum: 0, onNotFinite: "clip", fallback: -1 }, "Enter a value within the range."],
  [{ type: "number", onMissing: "clip", fallback: "x" }, "Enter a number."],
  [{ type: "text", minimum: 0 }, "Text fields cannot have a range."],
])("rejects a contract of %j: %s", (overrides, message) => {
  expect(FieldContract.safeParse({ input: "x", ...overrides }).error?.issues.map((issue) => issue.message)).toContain(
    message,
  );
});

test("accepts clipping to a range without a fallback, and rejects duplicate field names", () => {
  expect(FieldContract.safeParse({ input: "x", minimum: 0, onOutside: "clip" }).success).toBe(true);
  const twice = Protection.safeParse({ fields: [{ input: "x" }, { input: "x" }] });
  expect(twice.error?.issues[0]?.message).toBe("Duplicate field name.");
});
