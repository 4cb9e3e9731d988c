import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { datatypes } from "#server/develop/registry/onnx/contract.ts";
import * as fixtures from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { describeModel } from "./describe-model.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));

function open(name: string, bytes: Uint8Array, isAlone = true) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return describeModel({ path, isAlone });
}

const refusal = (message: string) =>
  expect.objectContaining({ code: "invalid", message: expect.stringContaining(message) });

test("returns inputs, outputs, labels, operators, size and digest of a model", async () => {
  const bytes = fixtures.mlpModel([4, 16, 3], { metadata: { labels: '["a","b","c"]', task: "demo" } });
  expect(await open("mlp.onnx", bytes)).toEqual({
    signature: {
      inputs: [{ name: "x", datatype: "FP32", shape: ["N", 4] }],
      outputs: [{ name: "y", datatype: "FP32", shape: ["N", 3] }],
      opsets: { "": 13 },
      irVersion: 8,
      producer: "leeway-tests 1.0",
      labels: ["a", "b", "c"],
      metadata: { task: "demo" },
    },
    graph: {
      operators: [
        { domain: "", name: "MatMul", count: 2 },
        { domain: "", name: "Relu", count: 1 },
      ],
      parameterCount: 4 * 16 + 16 * 3,
    },
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
});

test("loads every datatype of the protocol", async () => {
  const types = Object.keys(fixtures.elementTypes).slice(0, 13) as fixtures.ElementType[];
  const opened = await Promise.all(types.map((type) => open(`${type}.onnx`, fixtures.identityModel(type))));
  expect(opened.map(({ signature }) => signature.inputs[0]?.datatype).sort()).toEqual([...datatypes].sort());
});

test("distinguishes dimensions without a name", async () => {
  const { signature } = await open("unnamed.onnx", fixtures.identityModel("float32", ["", 2, ""]));
  expect(signature.inputs[0]?.shape).toEqual(["x[0]", 2, "x[2]"]);
});

describe("weights in a second file", () => {
  const model = fixtures.externalDataModel("w.bin");

  test("counts them towards size and digest", async () => {
    const data = Buffer.from(new Float32Array([1, 2]).buffer);
    writeFileSync(join(folder, "w.bin"), data);
    const sha256 = createHash("sha256").update(model).update(data).digest("hex");
    expect(await open("both.onnx", model, false)).toMatchObject({ sizeBytes: model.length + 8, sha256 });
  });

  test("reports them as missing for a single file, whatever the folder contains", async () => {
    await expect(open("alone.onnx", model)).rejects.toEqual(refusal('"w.bin", which is missing'));
  });

  test("reports them as missing if the file is absent", async () => {
    const other = fixtures.externalDataModel("other.bin");
    await expect(open("missing.onnx", other, false)).rejects.toEqual(refusal('"other.bin", which is missing'));
  });

  test("rejects them if their length differs from the model", async () => {
    writeFileSync(join(folder, "short.bin"), "x");
    await expect(open("short.onnx", fixtures.externalDataModel("short.bin"), false)).rejects.toEqual(
      refusal("The weights file does not match"),
    );
  });
});

describe("models rejected by ONNX Runtime", () => {
  const graph = (operator: string, domain = "", type: fixtures.ElementType = "float32") =>
    fixtures.onnxModel({
      nodes: [fixtures.node(operator, ["x"], ["y"], domain)],
      inputs: [fixtures.tensorValue("x", type, ["N", 2, 2])],
      outputs: [fixtures.tensorValue("y", type, ["N"])],
      domains: domain ? { [domain]: 1 } : {},
    });
  test.each([
    ["an operator that does not exist", graph("Frobnicate"), 'The operator "Frobnicate" does not exist'],
    ["a custom operator", graph("Frobnicate", "com.acme"), 'The operator "com.acme:Frobnicate" is not part'],
    [
      "an operator for other types",
      graph("Det", "", "float64"),
      'no implementation of the operator "Det" (version 11)',
    ],
    ["a future operator set", fixtures.identityModel("float32", ["N"], { opset: 99 }), "operator set 26 or lower"],
    ["a future format", fixtures.identityModel("float32", ["N"], { irVersion: 99 }), "IR version 99"],
    [
      "types that do not fit",
      fixtures.identityModel("float32", ["N"], { outputs: [fixtures.tensorValue("y", "int64", ["N"])] }),
      "ONNX Runtime cannot load the model: Type Error",
    ],
  ])("explains %s", async (name, bytes, message) => {
    await expect(open(`${name}.onnx`, bytes)).rejects.toEqual(refusal(message));
  });
});

test("reports a missing file as an internal error, not as an invalid model", async () => {
  await expect(describeModel({ path: join(folder, "none.onnx"), isAlone: true })).rejects.toThrow("ENOENT");
});
