import type { TensorSpec } from "../onnx/contract.ts";
import type { ImagePart } from "./definition.ts";
import { listed, shown, type Target } from "./target.ts";

interface PartPlan {
  inputs: TensorSpec[];
  /** Inputs of the model that get a result. */
  fills: string[];
  problems: string[];
}

/** One picture on its way; a size that depends on the file is undefined. */
interface Picture {
  height: number | undefined;
  width: number | undefined;
  channels: 1 | 3;
  datatype: string;
  order: "NCHW" | "NHWC";
}

/** Follows a picture from its file to the input of the model that takes it. */
export function planImage({ name, into, steps }: ImagePart, model: Target): PartPlan {
  const spec = model.inputs.find((input) => input.name === into);
  const inputs: TensorSpec[] = [{ name, datatype: "BYTES", shape: [spec?.shape[0] ?? "N"] }];
  if (!spec)
    return { inputs, fills: [], problems: [`the model has no input "${into}"; it has ${listed(model.inputs)}.`] };
  const problems: string[] = [];
  let picture: Picture = { height: undefined, width: undefined, channels: 3, datatype: "UINT8", order: "NHWC" };
  for (const [index, step] of steps.entries()) {
    const problem = problemOf(picture, step);
    if (problem) problems.push(`step ${index + 1}, ${step.step}: ${problem}`);
    picture = after(picture, step);
  }
  if (picture.datatype !== spec.datatype) {
    problems.push(`the model's input "${into}" expects ${spec.datatype}, got ${picture.datatype}.`);
  }
  const { height = "any height", width = "any width", channels } = picture;
  const sizes = picture.order === "NCHW" ? [channels, height, width] : [height, width, channels];
  const shape = [spec.shape[0] ?? "N", ...sizes];
  const fits =
    spec.shape.length === 4 &&
    sizes.every((size, axis) => typeof spec.shape[axis + 1] === "string" || spec.shape[axis + 1] === size);
  if (!fits) problems.push(`the model's input "${into}" expects shape ${shown(spec.shape)}, got ${shown(shape)}.`);
  return { inputs, fills: [into], problems };
}

function problemOf(picture: Picture, step: ImagePart["steps"][number]): string | undefined {
  if (step.step === "centre-crop") {
    const { height = step.height, width = step.width } = picture;
    if (step.height <= height && step.width <= width) return undefined;
    return `expected at most ${width} × ${height} pixels, got ${step.width} × ${step.height}.`;
  }
  if (step.step === "normalise") {
    const lengths = [step.mean.length, step.std.length];
    if (lengths.every((length) => length === 1 || length === picture.channels)) return undefined;
    const channels = picture.channels === 1 ? "one value" : "one value or three";
    return `expected ${channels} in mean and in std, got ${lengths.join(" and ")}.`;
  }
  return undefined;
}

function after(picture: Picture, step: ImagePart["steps"][number]): Picture {
  switch (step.step) {
    case "decode":
      return picture;
    case "resize": {
      const isFree = step.fit === "inside" || step.fit === "outside";
      return { ...picture, height: isFree ? undefined : step.height, width: isFree ? undefined : step.width };
    }
    case "centre-crop":
      return { ...picture, height: step.height, width: step.width };
    case "colour":
      return { ...picture, channels: step.to === "grey" ? 1 : 3 };
    case "scale":
    case "normalise":
      return { ...picture, datatype: "FP32" };
    case "layout":
      return { ...picture, order: step.order };
    case "dtype":
      return { ...picture, datatype: step.datatype };
  }
}
