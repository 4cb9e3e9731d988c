import type { Signature } from "#server/develop/registry/onnx/contract.ts";

/** Returns a starting pipeline: an image step if an input looks like an image, otherwise labels for the first output. */
export function examplePipeline({ inputs, outputs }: Pick<Signature, "inputs" | "outputs">): object {
  const image = inputs.find(({ shape }) => shape.length === 4 && (shape[1] === 1 || shape[1] === 3));
  const [, channels, height, width] = image?.shape ?? [];
  const before = image && {
    kind: "image",
    name: image.name === "picture" ? "photo" : "picture",
    into: image.name,
    steps: [
      { step: "decode" },
      ...(channels === 1 ? [{ step: "colour", to: "grey" }] : []),
      { step: "resize", width: Number(width) || 224, height: Number(height) || 224, fit: "contain" },
      { step: "scale", factor: 1 / 255 },
      { step: "layout", order: "NCHW" },
    ],
  };
  const [output] = outputs;
  const steps = [{ step: "argmax" }, { step: "labels" }];
  const after = output && { name: output.name === "label" ? "class" : "label", from: output.name, steps };
  return { before: before ? [before] : [], after: after ? [after] : [] };
}
