import { type NumericData, type Tensor, tensorTypes } from "../tensor/tensor.ts";
import type { Picture } from "./picture.ts";

/** Crops to the centre. Half a pixel is rounded to even, as in torchvision's CenterCrop. @returns undefined when the picture is smaller */
export function centreCrop(picture: Picture, width: number, height: number): Picture | undefined {
  if (picture.width < width || picture.height < height) return undefined;
  const left = roundHalfEven((picture.width - width) / 2);
  const top = roundHalfEven((picture.height - height) / 2);
  const { channels } = picture;
  const data = sameKind(picture.data, width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * picture.width + left) * channels;
    data.set(picture.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { ...picture, width, height, data };
}

/**
 * Converts to grey by ITU-R BT.601 in Pillow's fixed-point arithmetic, to colour from grey, or swaps red and blue. Pixels of 0 to 255
 * only.
 */
export function toColour(picture: Picture, to: "grey" | "rgb" | "bgr"): Picture {
  const { channels, data } = picture;
  const pixels = data.length / channels;
  if (to === "grey") {
    if (channels === 1) return picture;
    const grey = new Uint8Array(pixels);
    for (let at = 0; at < pixels; at++) {
      const [red = 0, green = 0, blue = 0] = [data[at * 3], data[at * 3 + 1], data[at * 3 + 2]];
      // Pillow's L24 macro: 0.299, 0.587 and 0.114 times 2^16.
      grey[at] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
    return { ...picture, channels: 1, data: grey };
  }
  if (channels === 3 && to === "rgb") return picture;
  const colour = new Uint8Array(pixels * 3);
  for (let at = 0; at < pixels; at++) {
    for (let channel = 0; channel < 3; channel++) {
      colour[at * 3 + channel] = (channels === 1 ? data[at] : data[at * 3 + 2 - channel]) ?? 0;
    }
  }
  return { ...picture, channels: 3, data: colour };
}

/** Computes value × factor + offset, rounded once to a 32-bit float. */
export function scale(picture: Picture, factor: number, offset: number): Picture {
  return { ...picture, data: Float32Array.from(picture.data, (value) => value * factor + offset) };
}

/** Computes (value − mean) / std per channel, each operation rounded to a 32-bit float as array libraries do. */
export function normalise(picture: Picture, mean: readonly number[], std: readonly number[]): Picture {
  const { channels, data, planes } = picture;
  const area = data.length / channels;
  const of = (list: readonly number[]) =>
    Array.from({ length: channels }, (_, channel) => Math.fround(list[list.length === 1 ? 0 : channel] ?? 0));
  const [means, stds] = [of(mean), of(std)];
  const normal = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const channel = planes ? Math.floor(at / area) : at % channels;
    normal[at] = Math.fround((data[at] ?? 0) - (means[channel] ?? 0)) / (stds[channel] ?? 1);
  }
  return { ...picture, data: normal };
}

/** Channels one after the other (NCHW) or side by side (NHWC). */
export function layOut(picture: Picture, planes: boolean): Picture {
  const { channels, data } = picture;
  if (planes === picture.planes || channels === 1) return { ...picture, planes };
  const area = data.length / channels;
  const moved = sameKind(data, data.length);
  for (let at = 0; at < area; at++) {
    for (let channel = 0; channel < channels; channel++) {
      const [inPlane, inPixel] = [channel * area + at, at * channels + channel];
      moved[planes ? inPlane : inPixel] = data[planes ? inPixel : inPlane] ?? 0;
    }
  }
  return { ...picture, data: moved, planes };
}

const integerRanges: Partial<Record<Tensor["datatype"], [least: number, most: number]>> = {
  UINT8: [0, 255],
  INT8: [-128, 127],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/**
 * Writes numbers into a tensor of any numeric type, starting at an element. Integers are rounded to the nearest and clamped to the
 * range.
 */
export function writeAs(
  values: ArrayLike<number>,
  datatype: Tensor["datatype"],
  target: NumericData,
  from: number,
): void {
  const range = integerRanges[datatype];
  if (datatype === "FP16") {
    target.set(new Uint16Array(Float16Array.from(values).buffer) as never, from);
    return;
  }
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    const kept = range ? Math.min(range[1], Math.max(range[0], Math.round(value))) : value;
    target[from + at] = (datatype === "INT64" ? BigInt(kept) : kept) as never;
  }
}

/** Allocates the elements of a numeric type. */
export function roomFor(datatype: Tensor["datatype"], count: number): NumericData {
  return tensorTypes[datatype].allocate(count) as NumericData;
}

function sameKind(data: Picture["data"], length: number): Picture["data"] {
  return data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
