import { describe, expect, test } from "vitest";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { describeField, fieldsOf, firstValues, warningOf } from "./fields.ts";

function only(spec: Partial<TensorSpec>, hint?: unknown) {
  const input: TensorSpec = { name: "x", datatype: "FP32", shape: ["N", 1], ...spec };
  const metadata: Record<string, string> = hint === undefined ? {} : { inputs: JSON.stringify({ x: hint }) };
  const fields = fieldsOf({ inputs: [input], metadata });
  return { field: fields[0], values: firstValues(fields) };
}

describe("fieldsOf", () => {
  test("returns a choice that starts at the example for text with known levels", () => {
    const { field, values } = only({ datatype: "BYTES" }, { levels: ["EWR", "JFK"], example: "JFK" });
    expect(field).toMatchObject({ kind: "choice", levels: ["EWR", "JFK"], note: "choice" });
    expect(values.x).toEqual({ shape: [1, 1], data: ["JFK"] });
  });

  test("describes the type of a number, and its training range separately", () => {
    const { field, values } = only({ shape: ["N", 1] }, { min: -33, max: 853, example: -2 });
    expect(field).toMatchObject({ kind: "number", note: "float", shape: [1, 1] });
    expect(field && describeField(field)).toBe("\u221233 to 853 in training data");
    expect(values.x).toEqual({ shape: [1, 1], data: [-2] });
  });

  test("starts a number without an example at the minimum", () => {
    expect(only({}, { min: 5, max: 23 }).values.x?.data).toEqual([5]);
  });

  test.each([
    [["N", 1, 8, 8], { layout: "NCHW", channels: 1, width: 8, height: 8 }],
    [["N", 3, 20, 30], { layout: "NCHW", channels: 3, width: 30, height: 20 }],
    [["N", 20, 30, 3], { layout: "NHWC", channels: 3, width: 30, height: 20 }],
    [[1, 1, 28, 28], { layout: "NCHW", channels: 1, width: 28, height: 28 }],
  ])("reads %j as a picture", (shape, image) => {
    expect(only({ shape }).field).toMatchObject({ kind: "image", image: { ...image, least: 0, most: 1 } });
  });

  test("uses the range 0 to 255 for a picture of bytes, unless the model defines another", () => {
    const shape = ["N", 1, 8, 8];
    expect(only({ shape, datatype: "UINT8" }).field).toMatchObject({ image: { least: 0, most: 255, isInteger: true } });
    expect(only({ shape }, { min: -1, max: 1 }).field).toMatchObject({
      image: { least: -1, most: 1, isInteger: false },
    });
  });

  test("takes open dimensions of a picture from the model metadata", () => {
    const { field } = only({ shape: ["N", 1, "H", "W"] }, { shape: [1, 16, 24] });
    expect(field).toMatchObject({ kind: "image", image: { width: 24, height: 16 } });
  });

  test.each([[["N", 4]], [["N", 1, 2, 2]], [["N", 8, 8]], [[2, 1, 8, 8]]])("reads %j as a list of numbers", (shape) => {
    expect(only({ shape }).field).toMatchObject({ kind: "list" });
  });

  test("keeps one dimension of a list open and starts without a value", () => {
    const { field, values } = only({ shape: ["N", "tokens"], datatype: "INT64" });
    expect(field).toMatchObject({ kind: "list", shape: [1, null], note: "int64 [tokens]" });
    expect(values.x).toBeUndefined();
  });

  test("returns specific fields for a scalar without dimensions and a boolean", () => {
    expect(only({ shape: [] }).field).toMatchObject({ kind: "number", shape: [] });
    expect(only({ datatype: "BOOL" }).field).toMatchObject({ kind: "flag" });
  });

  test("ignores invalid metadata and uses the signature", () => {
    const input: TensorSpec = { name: "x", datatype: "FP32", shape: ["N", 1] };
    expect(fieldsOf({ inputs: [input], metadata: { inputs: "{" } })[0]).toMatchObject({ kind: "number", hint: {} });
    const { field } = only({}, { min: "five", max: 9, description: "Hour" });
    expect(field && describeField(field)).toBe("Hour, up to 9 in training data");
  });
});

test("warns about a number outside the training range without rejecting it", () => {
  const { field } = only({}, { min: 5, max: 23 });
  if (!field) throw new Error("no field");
  expect(warningOf(field, 24)).toBe("Above the training maximum of 23.");
  expect(warningOf(field, 4)).toBe("Below the training minimum of 5.");
  expect(warningOf(field, 5)).toBeUndefined();
});
