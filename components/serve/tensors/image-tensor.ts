import type { InputValue } from "./elements.ts";
import type { ImageSpec } from "./fields.ts";

/** Pixels as a canvas holds them: red, green, blue, opacity from 0 to 255, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray | readonly number[];
}

/** Computes the brightness of a colour by ITU-R BT.601, as Pillow's mode "L" and most training pipelines do. */
function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Converts an image to the model's input: resized by averaging areas, converted to greyscale if needed, in the model's layout
 * and value range. Transparent parts count as black.
 */
export function toTensor(pixels: Pixels, spec: ImageSpec, shape: number[]): InputValue {
  const planes = planesOf(pixels, spec.channels).map((plane) =>
    resample(plane, pixels.width, pixels.height, spec.width, spec.height),
  );
  const area = spec.width * spec.height;
  const data = new Array<number>(area * spec.channels);
  for (const [channel, plane] of planes.entries()) {
    for (let index = 0; index < area; index++) {
      const at = spec.layout === "NCHW" ? channel * area + index : index * spec.channels + channel;
      data[at] = toRange((plane[index] ?? 0) / 255, spec);
    }
  }
  return { shape, data };
}

/** Converts brightness (0 black, 1 white) to a value of the model. */
export function toRange(share: number, { least, most, isInteger }: ImageSpec): number {
  const value = least + Math.min(1, Math.max(0, share)) * (most - least);
  return isInteger ? Math.round(value) : Number(value.toPrecision(6));
}

/** Brightness (0 to 1) of one pixel as the model sees it, by channel. */
export function shareAt(value: InputValue, spec: ImageSpec, index: number): number[] {
  const area = spec.width * spec.height;
  return Array.from({ length: spec.channels }, (_, channel) => {
    const element = value.data[spec.layout === "NCHW" ? channel * area + index : index * spec.channels + channel];
    return Math.min(1, Math.max(0, (Number(element) - spec.least) / (spec.most - spec.least)));
  });
}

/** Converts the tensor to pixels, which show the image as the model receives it. */
export function toPixels(value: InputValue, spec: ImageSpec): Pixels & { data: Uint8ClampedArray<ArrayBuffer> } {
  const area = spec.width * spec.height;
  const data = new Uint8ClampedArray(area * 4);
  for (let index = 0; index < area; index++) {
    const [red = 0, green = red, blue = red] = shareAt(value, spec, index);
    data.set([red * 255, green * 255, blue * 255, 255], index * 4);
  }
  return { width: spec.width, height: spec.height, data };
}

/** Inverts the image: most scans are dark on white, while most models were trained on the opposite. */
export function invert(value: InputValue, spec: ImageSpec): InputValue {
  const data = value.data.map((element) => Number((spec.least + spec.most - Number(element)).toPrecision(6)));
  return { shape: value.shape, data };
}

function planesOf({ width, height, data }: Pixels, channels: 1 | 3): Float64Array[] {
  const planes = Array.from({ length: channels }, () => new Float64Array(width * height));
  for (let index = 0; index < width * height; index++) {
    const [red = 0, green = 0, blue = 0, opacity = 255] = [0, 1, 2, 3].map((part) => data[index * 4 + part]);
    const shown = opacity / 255;
    const [first, second, third] = planes;
    if (!second || !third) {
      if (first) first[index] = luma(red, green, blue) * shown;
      continue;
    }
    if (first) first[index] = red * shown;
    second[index] = green * shown;
    third[index] = blue * shown;
  }
  return planes;
}

/** Resamples an image: each target pixel is the mean of the source area that it covers; enlarging repeats pixels. */
export function resample(
  source: ArrayLike<number>,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Float64Array {
  const narrow = new Float64Array(toWidth * height);
  for (let y = 0; y < height; y++) averageLine(source, y * width, 1, width, narrow, y * toWidth, 1, toWidth);
  const target = new Float64Array(toWidth * toHeight);
  for (let x = 0; x < toWidth; x++) averageLine(narrow, x, toWidth, height, target, x, toWidth, toHeight);
  return target;
}

function averageLine(
  source: ArrayLike<number>,
  start: number,
  step: number,
  length: number,
  target: Float64Array,
  toStart: number,
  toStep: number,
  toLength: number,
): void {
  const scale = length / toLength;
  for (let position = 0; position < toLength; position++) {
    const from = position * scale;
    const to = from + scale;
    let sum = 0;
    for (let index = Math.floor(from); index < Math.min(length, Math.ceil(to - 1e-9)); index++) {
      const covered = Math.min(to, index + 1) - Math.max(from, index);
      sum += (source[start + index * step] ?? 0) * covered;
    }
    target[toStart + position * toStep] = sum / scale;
  }
}
