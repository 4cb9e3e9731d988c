import { DomainError } from "#server/base/errors.ts";
import type { VersionSides } from "#server/watch/monitoring/profiles/build/plan-reference.ts";

/** Width and height of the picture that the model gets, in pixels. */
export interface PictureFrame {
  width: number;
  height: number;
}

/**
 * Finds the size of the pictures that a model gets: of the pipeline's last step that sets one, else of its input with the channels first or last.
 * @returns null where it varies
 * @throws DomainError "invalid" for a pipeline that cuts pictures or adds borders, since boxes could not be put back onto the picture
 */
export function pictureFrame({ signature, pipeline }: VersionSides): PictureFrame | null {
  const part = pipeline?.before.find((one) => one.kind === "image");
  if (part?.kind === "image") {
    const moved = part.steps.some((step) => {
      return (
        step.step === "centre-crop" || (step.step === "resize" && (step.fit === "cover" || step.fit === "contain"))
      );
    });
    if (moved) {
      throw new DomainError(
        "invalid",
        "The pipeline of this version cuts pictures or adds borders, so its boxes cannot be put back onto them. Resize with fill.",
      );
    }
    const resized = part.steps.findLast((step) => step.step === "resize");
    if (resized?.step === "resize" && resized.fit === "fill") return { width: resized.width, height: resized.height };
  }
  const inputs = part ? signature.inputs.filter(({ name }) => name === part.into) : signature.inputs;
  const frames = inputs.flatMap(({ shape }) => frameOf(shape) ?? []);
  return frames.length === 1 ? (frames[0] as PictureFrame) : null;
}

const isChannels = (size: number | string | undefined) => size === 1 || size === 3;

function frameOf(shape: readonly (number | string)[]): PictureFrame | undefined {
  const [, a, b, c] = shape;
  const sides = shape.length === 4 ? (isChannels(a) ? [b, c] : isChannels(c) ? [a, b] : []) : [];
  const [height, width] = sides;
  return typeof height === "number" && typeof width === "number" ? { width, height } : undefined;
}
