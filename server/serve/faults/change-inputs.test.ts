import { describe, expect, test } from "vitest";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import { decodeBinary, encodeBinary } from "../protocol/binary.ts";
import type { InferRequest, InputPart } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { changeInputs } from "./change-inputs.ts";

const asked = { id: undefined, timeoutMs: undefined, priority: 0, outputs: undefined, wantsBinary: false };

function json(...inputs: [name: string, datatype: string, shape: number[], data: unknown[]][]): InferRequest {
  const parts = inputs.map(([name, datatype, shape, data]) => ({ name, datatype, shape, data, binarySize: undefined }));
  return { ...asked, inputs: parts, tail: Buffer.alloc(0) };
}

function binary(...tensors: Tensor[]): InferRequest {
  const bytes = tensors.map(encodeBinary);
  const inputs = tensors.map(({ name, datatype, shape }, index): InputPart => {
    return { name, datatype, shape, data: undefined, binarySize: bytes[index]?.length };
  });
  return { ...asked, inputs, tail: Buffer.concat(bytes) };
}

const drop = (feature: string, as: "missing" | "null") => ({ kind: "dropped-feature", feature, as }) as const;
const move = (feature: string, scale: number, offset: number) =>
  ({ kind: "shifted-input", feature, change: { scale, offset } }) as const;
const swap = (feature: string, one: string, other: string) =>
  ({ kind: "shifted-input", feature, change: { swap: [one, other] as [string, string] } }) as const;

describe("a dropped feature", () => {
  const request = json(["amount", "FP32", [2], [1, 2]], ["country", "BYTES", [2], ["PL", "DE"]]);

  test("is absent, or has no values", () => {
    expect(changeInputs(request, drop("amount", "missing"))?.inputs).toEqual([request.inputs[1]]);
    expect(changeInputs(request, drop("country", "null"))?.inputs[1]?.data).toEqual([null, null]);
  });

  test("takes its bytes with it", () => {
    const [a, b] = [new Float32Array([1, 2]), new Float32Array([3, 4])];
    const request = binary(
      { name: "a", datatype: "FP32", shape: [2], data: a },
      { name: "b", datatype: "FP32", shape: [2], data: b },
    );
    const changed = changeInputs(request, drop("a", "missing"));
    expect(changed?.inputs.map(({ name }) => name)).toEqual(["b"]);
    expect(changed?.tail).toEqual(Buffer.from(b.buffer));
    // Bytes have no null, so that it becomes JSON.
    const nulled = changeInputs(request, drop("a", "null"));
    expect(nulled?.inputs[0]).toMatchObject({ data: [null, null], binarySize: undefined });
    expect(nulled?.tail).toEqual(Buffer.from(b.buffer));
  });

  test("that is one column of a tensor is null in each row", () => {
    const request = json([
      "x",
      "FP32",
      [2, 3],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]);
    expect(changeInputs(request, drop("x[1]", "missing"))?.inputs[0]?.data).toEqual([1, null, 3, 4, null, 6]);
  });

  test("changes nothing of requests without it, and of those that are wrong anyway", () => {
    expect(changeInputs(request, drop("age", "missing"))).toBeUndefined();
    expect(changeInputs(json(["x", "FP32", [1, 2], [1, 2]]), drop("x[2]", "null"))).toBeUndefined();
    const cutOff = { ...binary({ name: "a", datatype: "FP32", shape: [2], data: new Float32Array(2) }) };
    expect(changeInputs({ ...cutOff, tail: Buffer.alloc(3) }, drop("a", "missing"))).toBeUndefined();
  });
});

describe("a shifted input", () => {
  test.each<[Datatype, unknown[], unknown[]]>([
    ["FP64", [1, "NaN", 0.5], [3, "NaN", 2]],
    ["INT32", [1, 3], [3, 7]],
    ["UINT8", [1, 250], [3, 255]],
    ["INT64", [1, "9007199254740991"], [3, Number.MAX_SAFE_INTEGER]],
    ["FP32", [1, 3e38], [3, 3.4028234663852886e38]],
  ])("moves numbers of %s within their range", (datatype, data, moved) => {
    expect(changeInputs(json(["x", datatype, [data.length], data]), move("x", 2, 1))?.inputs[0]?.data).toEqual(moved);
  });

  test.each<Tensor>([
    { name: "x", datatype: "FP32", shape: [2], data: new Float32Array([1, 2]) },
    { name: "x", datatype: "INT64", shape: [2], data: new BigInt64Array([1n, 2n]) },
    { name: "x", datatype: "FP16", shape: [2], data: new Uint16Array(new Float16Array([1, 2]).buffer) },
  ])("moves bytes of $datatype", (tensor) => {
    const changed = changeInputs(binary(tensor), move("x", 2, 1));
    const data = decodeBinary("x", tensor.datatype, changed?.tail ?? Buffer.alloc(0), 2);
    const numbers = tensor.datatype === "FP16" ? new Float16Array((data as Uint16Array<ArrayBuffer>).buffer) : data;
    expect(Array.from<unknown>(numbers).map(Number)).toEqual([3, 5]);
  });

  test("moves one column of a tensor, and swaps two levels of a text", () => {
    const x = json(["x", "FP32", [2, 2], [1, 2, 3, 4]]);
    expect(changeInputs(x, move("x[1]", 1, 10))?.inputs[0]?.data).toEqual([1, 12, 3, 14]);
    const country = json(["country", "BYTES", [3, 1], [["PL"], ["DE"], ["FR"]]]);
    expect(changeInputs(country, swap("country", "PL", "DE"))?.inputs[0]?.data).toEqual(["DE", "PL", "FR"]);
    const bytes = changeInputs(
      binary({ name: "country", datatype: "BYTES", shape: [2], data: ["PL", "FR"] }),
      swap("country", "PL", "Germany"),
    );
    expect(bytes?.inputs[0]?.binarySize).toBe(bytes?.tail.length);
    expect(decodeBinary("country", "BYTES", bytes?.tail ?? Buffer.alloc(0), 2)).toEqual(["Germany", "FR"]);
  });

  test("leaves requests alone whose values it does not change", () => {
    expect(changeInputs(json(["x", "FP32", [1], [1]]), move("x", 1, 0))).toBeUndefined();
    expect(changeInputs(json(["x", "BYTES", [1], ["FR"]]), swap("x", "PL", "DE"))).toBeUndefined();
    expect(changeInputs(json(["x", "BOOL", [1], [true]]), move("x", 2, 1))).toBeUndefined();
  });
});
