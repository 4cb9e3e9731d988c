import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { ImagePart, Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { greyPicture } from "./codec.ts";
import { pictureParts } from "./picture-parts.ts";
import { type Given, runBefore } from "./run-before.ts";

/** A camera's picture is larger, but by then what is slow has been done: loading the decoder and compiling the loops. */
const minSide = 256;
const rounds = 3;

/** Runs the picture steps of a pipeline a few times on synthetic pictures, in the calling thread. @throws as runBefore */
export async function warmUp(pipeline: Pipeline, targets: readonly TensorSpec[]): Promise<void> {
  const parts = pictureParts(pipeline);
  const files: Given["files"] = new Map();
  for (const part of parts) files.set(part.name, [await greyPicture(sideFor(part))]);
  for (let round = 0; round < rounds; round += 1) {
    await runBefore({ ...pipeline, before: parts }, { files, columns: [] }, targets);
  }
}

/** Returns a side large enough for every crop. */
function sideFor({ steps }: ImagePart): number {
  const crops = steps.flatMap((step) => (step.step === "centre-crop" ? [step.width, step.height] : []));
  return Math.max(minSide, ...crops);
}
