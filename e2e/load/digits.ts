import { readFile } from "node:fs/promises";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { demoFile } from "#server/roles/demo/recording.ts";
import type { Served } from "./gateway-fixture.ts";

/** Returns the demo's digits model, which accepts images. */
export async function digits(): Promise<Served> {
  const path = demoFile("digits", "models/digits-v2.onnx");
  const { signature } = await describeModel({ path, isAlone: true });
  const pipeline = Pipeline.parse(JSON.parse(await readFile(demoFile("digits", "pipeline.json"), "utf8")));
  return { name: "digits", model: await readFile(path), signature, pipeline };
}
