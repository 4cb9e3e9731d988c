import { expect, test } from "vitest";
import type { Signature } from "../onnx/contract.ts";
import { type ComparedVersion, diffVersions } from "./diff-versions.ts";

const signature: Signature = {
  inputs: [{ name: "image", datatype: "FP32", shape: ["batch", 1, 8, 8] }],
  outputs: [{ name: "probabilities", datatype: "FP32", shape: ["batch", 10] }],
  opsets: { "": 17 },
  irVersion: 8,
  producer: "pytorch 2.8",
  metadata: { task: "digits" },
};

type Parts = Partial<ComparedVersion["version"]> & { metrics?: [string, number][]; params?: [string, string][] };

function version(number: number, { metrics = [], params = [], ...parts }: Parts = {}): ComparedVersion {
  const version = {
    modelName: "digits",
    version: number,
    description: null,
    source: "s3://models",
    sizeBytes: 1000,
    sha256: null,
    signature,
    graph: null,
    packages: null,
    pipelineDigest: null,
    tags: [],
    ...parts,
  };
  return { version, metrics: new Map(metrics), params: new Map(params) };
}

test("returns no differences and full compatibility for two equal versions", () => {
  const { problems, signature: values, format } = diffVersions(version(1), version(2));
  expect(problems).toEqual([]);
  expect(values).toEqual([
    { name: "Input image", a: "FP32 [batch, 1, 8, 8]", b: "FP32 [batch, 1, 8, 8]" },
    { name: "Output probabilities", a: "FP32 [batch, 10]", b: "FP32 [batch, 10]" },
  ]);
  expect(format.every(({ a, b }) => a === b)).toBe(true);
});

test("returns a changed input type as a difference and a compatibility problem", () => {
  const other = { ...signature, inputs: [{ name: "image", datatype: "UINT8" as const, shape: ["batch", 1, 8, 8] }] };
  const diff = diffVersions(version(1), version(2, { signature: other }));
  expect(diff.signature[0]).toEqual({ name: "Input image", a: "FP32 [batch, 1, 8, 8]", b: "UINT8 [batch, 1, 8, 8]" });
  expect(diff.problems).toEqual(['Input "image" changed from FP32 to UINT8.']);
});

test("returns unknown compatibility and null values without a signature", () => {
  const diff = diffVersions(version(1), version(2, { signature: null }));
  expect(diff.problems).toBeNull();
  expect(diff.format.map(({ b }) => b)).toEqual([null, null, null]);
});

test("lists operator sets and file metadata of both sides by name", () => {
  const other = { ...signature, opsets: { "": 18, "com.microsoft": 1 }, metadata: {} };
  const diff = diffVersions(version(1), version(2, { signature: other, tags: [{ key: "precision", value: "int8" }] }));
  expect(diff.format.slice(1, 3)).toEqual([
    { name: "Operator set ai.onnx", a: "17", b: "18" },
    { name: "Operator set com.microsoft", a: null, b: "1" },
  ]);
  expect(diff.metadata).toContainEqual({ name: "Tag precision", a: null, b: "int8" });
  expect(diff.metadata).toContainEqual({ name: "File task", a: "digits", b: null });
});

test("counts an absent operator of a known graph as 0, and omits unknown graphs", () => {
  const conv = { domain: "", name: "Conv", count: 2 };
  const quantised = { domain: "com.microsoft", name: "QLinearAdd", count: 1 };
  const [a, b] = [
    { operators: [conv], parameterCount: 90 },
    { operators: [quantised], parameterCount: 91 },
  ] as const;
  const both = diffVersions(
    version(1, { graph: { ...a, operators: [conv] } }),
    version(2, { graph: { ...b, operators: [quantised] } }),
  );
  expect(both.operators).toEqual([
    { name: "Conv", a: 2, b: 0 },
    { name: "com.microsoft:QLinearAdd", a: 0, b: 1 },
  ]);
  expect(both.parameterCount).toEqual({ name: "Parameters", a: 90, b: 91 });
  expect(diffVersions(version(1, { graph: { operators: [conv], parameterCount: 90 } }), version(2)).operators).toEqual([
    { name: "Conv", a: 2, b: null },
  ]);
});

test("joins metrics and params by name, and replaces non-finite values with null", () => {
  const diff = diffVersions(
    version(1, {
      metrics: [
        ["accuracy", 0.9],
        ["loss", Number.NaN],
      ],
      params: [["lr", "0.1"]],
    }),
    version(2, { metrics: [["accuracy", 0.95]], params: [["seed", "3"]] }),
  );
  expect(diff.metrics).toEqual([
    { name: "accuracy", a: 0.9, b: 0.95 },
    { name: "loss", a: null, b: null },
  ]);
  expect(diff.params).toEqual([
    { name: "lr", a: "0.1", b: null },
    { name: "seed", a: null, b: "3" },
  ]);
});
