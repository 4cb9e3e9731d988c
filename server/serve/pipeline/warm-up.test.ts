import { expect, onTestFinished, test } from "vitest";
import { configureLog } from "#server/base/log.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { greyPicture } from "./codec.ts";
import { imageFormat } from "./image-format.ts";
import { PipelineThreads } from "./pipeline-threads.ts";
import { warmUp } from "./warm-up.ts";

configureLog({ role: "test", level: "silent" });

const target = { name: "image", datatype: "FP32" as const, shape: ["N", 3, 300, 300] };
const pipelineOf = (steps: object[]) =>
  Pipeline.parse({
    before: [{ kind: "image", name: "picture", into: "image", steps: [{ step: "decode" }, ...steps] }],
  });
const cropped = pipelineOf([
  { step: "centre-crop", width: 300, height: 300 },
  { step: "scale", factor: 0.01 },
]);

test("generates a synthetic image that pipelines accept and that is large enough for the crop", async () => {
  expect(imageFormat(await greyPicture(4))).toBe("png");
  await warmUp(cropped, [target]);
});

test("starts all threads, even if the synthetic image does not suit the pipeline", async () => {
  const threads = new PipelineThreads(2);
  onTestFinished(() => threads.close());
  expect(threads.started).toBe(0);
  await threads.warm("w", { definition: cropped, digest: "a" }, [target]);
  expect(threads.started).toBe(2);
  const tooSmall = pipelineOf([
    { step: "resize", width: 10, height: 10 },
    { step: "centre-crop", width: 20, height: 20 },
  ]);
  await threads.warm("w", { definition: tooSmall, digest: "b" }, [target]);
  expect(threads.started).toBe(2);
});
