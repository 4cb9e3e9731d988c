import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { demoFile } from "#server/roles/demo/recording.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { pngFile } from "../../testing/fixtures/serving/pipeline/testing.ts";
import { newModelFolder, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createModelRunner } from "../runner/model-runner.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const folder = mkdtempSync(join(tmpdir(), "leeway-runner-"));
const models = newModelFolder();
const limits = { workers: 1, threads: 1 };
const runner = createModelRunner({ artifacts: models, folder, providers: ["cpu"], limits });
afterAll(async () => {
  await runner.close();
  for (const path of [folder, models.path]) rmSync(path, { recursive: true, force: true });
});

const path = demoFile("digits", "models/digits-v2.onnx");
const { signature } = await describeModel({ path, isAlone: true });
const pipeline = Pipeline.parse(JSON.parse(readFileSync(demoFile("digits", "pipeline.json"), "utf8")));
const { id: versionId } = await newVersion(ctx, { bytes: readFileSync(path), signature, pipeline }, models);

test("runs a file through the pipeline to the same result as its tensor, and shows the model input", async () => {
  const pixels = Array.from({ length: 64 }, (_, at) => (at % 8 === 3 || at % 8 === 4 ? 240 : 15));
  const rows = Array.from({ length: 8 }, (_, row) => pixels.slice(row * 8, row * 8 + 8));
  const data = [pngFile(8, 8, 0, rows).toString("base64")];
  const outputs = [{ name: "probabilities" }, { name: "digit" }];
  const picture = { name: "picture", shape: [1], datatype: "BYTES", parameters: { content_type: "base64" }, data };
  const byFile = await runner.run(ctx, { versionId, inputs: [picture], outputs });
  const shares = pixels.map((pixel) => pixel / 255);
  const image = { name: "image", shape: [1, 1, 8, 8], datatype: "FP32", data: shares };
  const byTensor = await runner.run(ctx, { versionId, inputs: [image], outputs });
  expect(byFile.outputs).toEqual(byTensor.outputs);
  expect(byFile.seen).toEqual([{ ...image, data: shares.map(Math.fround) }]);
  const broken = { ...picture, data: [Buffer.from("no picture").toString("base64")] };
  await expect(runner.run(ctx, { versionId, inputs: [broken] })).rejects.toThrow(
    "input 'picture', file 0: expected a PNG",
  );
});
