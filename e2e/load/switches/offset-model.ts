import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { node, onnxModel, tensorValue, weights } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";

/** Versions between which an endpoint switches. */
const versions = [1, 2] as const;
export type Version = (typeof versions)[number];

/** Width and height of the model's input. */
export const side = 8;

/** Added to every number by the model of a version: the inputs are between 0 and 2, so that no other version gives these numbers. */
const offsets: Record<Version, number> = { 1: 10, 2: 20 };

/** Factor of the pipeline of a version: a picture that the pipeline of the other version has read has other numbers. */
const factors: Record<Version, number> = { 1: 1, 2: 2 };

const signature: Signature = {
  inputs: [{ name: "image", datatype: "FP32", shape: ["N", 1, side, side] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 1, side, side] }],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "leeway-load",
  metadata: {},
};

/** Returns a version of the endpoint's model: y = image + the offset of the version. */
export function versionFile(name: string, version: Version) {
  const shape = ["N", 1, side, side];
  const model = onnxModel({
    nodes: [node("Add", ["image", "offset"], ["y"])],
    initializers: [weights("offset", [1], Float32Array.of(offsets[version]))],
    inputs: [tensorValue("image", "float32", shape)],
    outputs: [tensorValue("y", "float32", shape)],
  });
  return { name, model, signature, pipeline: pipelineOf(version) };
}

function pipelineOf(version: Version): Pipeline {
  return {
    before: [
      {
        kind: "image",
        name: "picture",
        into: "image",
        steps: [
          { step: "decode", maxPixels: 1_000_000, orient: true, background: [0, 0, 0] },
          { step: "colour", to: "grey" },
          { step: "resize", width: side, height: side, fit: "contain", kernel: "box", background: [0, 0, 0] },
          { step: "scale", factor: factors[version] / 255, offset: 0 },
          { step: "layout", order: "NCHW" },
          { step: "dtype", datatype: "FP32" },
        ],
      },
    ],
    after: [],
  };
}

/** A row of a request, all of whose pixels have one grey level. */
export interface SentRow {
  /** From 0 to 255. */
  level: number;
  isPicture: boolean;
}

/** JPEG may change a level by one. */
const tolerance = 0.02;

/** Returns the version that gives these outputs for these rows; undefined if none does. */
export function provenVersion(sent: readonly SentRow[], outputs: ArrayLike<number>): Version | undefined {
  const pixels = side * side;
  if (outputs.length !== sent.length * pixels) return undefined;
  return versions.find((version) =>
    sent.every(({ level, isPicture }, row) => {
      const expected = offsets[version] + (level / 255) * (isPicture ? factors[version] : 1);
      for (let index = row * pixels; index < (row + 1) * pixels; index += 1) {
        if (!(Math.abs((outputs[index] as number) - expected) <= tolerance)) return false;
      }
      return true;
    }),
  );
}
