import type { ResizeStep } from "#server/develop/registry/pipeline/steps.ts";
import type { Picture } from "./picture.ts";

type Kernel = ResizeStep["kernel"];

/** Fixed-point fraction of a weight: 32 bits less 8 of the pixel and 2 for weights below 0 and above 1. */
const fractionBits = 22;

/** Weight of a source pixel by its distance, in target pixels when the picture gets smaller; and the distance from which it is 0. */
const kernels: Record<Exclude<Kernel, "nearest">, { reach: number; weight(distance: number): number }> = {
  box: { reach: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, weight: (x) => cubic(Math.abs(x)) },
  lanczos: { reach: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Computes Keys' cubic convolution with a = −0.5. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/**
 * Resizes a picture, bit for bit like Pillow's resize and thus torchvision's on pictures: a kernel that widens when the picture gets
 * smaller, weights that sum to 1 at the borders too, rows first, then columns, each rounded to integers. Source of the arithmetic:
 * Pillow's documented filters and its 22-bit fixed point.
 */
export function resample(picture: Picture, width: number, height: number, kernel: Kernel): Picture {
  if (kernel === "nearest") return nearest(picture, width, height);
  const { channels } = picture;
  let { data } = picture;
  if (width !== picture.width) {
    const line = { step: channels, length: picture.width, toLength: width };
    data = alongLines(data, channels, picture.height, { lineStep: picture.width * channels, ...line }, kernel);
  }
  if (height !== picture.height) {
    const row = width * channels;
    data = alongColumns(data, row, { length: picture.height, toLength: height }, kernel);
  }
  return { ...picture, width, height, data };
}

interface Weights {
  /** First source pixel of each target pixel. */
  starts: Int32Array;
  counts: Int32Array;
  /** Weights, `most` for each target pixel, one after the other. */
  weights: Int32Array;
  most: number;
}

function weightsOf(length: number, toLength: number, kernel: Exclude<Kernel, "nearest">): Weights {
  const { reach, weight } = kernels[kernel];
  const scale = length / toLength;
  const widening = Math.max(1, scale);
  const support = reach * widening;
  const most = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(toLength);
  const counts = new Int32Array(toLength);
  const weights = new Int32Array(toLength * most);
  for (let index = 0; index < toLength; index++) {
    const centre = (index + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(length, Math.trunc(centre + support + 0.5)) - start;
    const raw = Array.from({ length: count }, (_, at) => weight((at + start - centre + 0.5) * (1 / widening)));
    const sum = raw.reduce((a, b) => a + b, 0);
    starts[index] = start;
    counts[index] = count;
    for (const [at, value] of raw.entries()) {
      const fixed = (sum === 0 ? value : value / sum) * 2 ** fractionBits;
      weights[index * most + at] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
  }
  return { starts, counts, weights, most };
}

interface Lines {
  lineStep: number;
  /** Between neighbours in a line. */
  step: number;
  length: number;
  toLength: number;
}

function alongLines(
  source: Picture["data"],
  channels: number,
  lines: number,
  { lineStep, step, length, toLength }: Lines,
  kernel: Exclude<Kernel, "nearest">,
): Picture["data"] {
  const { starts, counts, weights, most } = weightsOf(length, toLength, kernel);
  const target = new Uint8Array(lines * toLength * channels);
  for (let line = 0; line < lines; line++) {
    for (let index = 0; index < toLength; index++) {
      const from = line * lineStep + (starts[index] as number) * step;
      const count = counts[index] as number;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 1 << (fractionBits - 1);
        for (let at = 0; at < count; at++) {
          sum += (source[from + at * step + channel] as number) * (weights[index * most + at] as number);
        }
        target[(line * toLength + index) * channels + channel] = toByte(sum);
      }
    }
  }
  return target;
}

function alongColumns(
  source: Picture["data"],
  row: number,
  { length, toLength }: Pick<Lines, "length" | "toLength">,
  kernel: Exclude<Kernel, "nearest">,
): Picture["data"] {
  const { starts, counts, weights, most } = weightsOf(length, toLength, kernel);
  const target = new Uint8Array(toLength * row);
  for (let index = 0; index < toLength; index++) {
    const start = starts[index] as number;
    const count = counts[index] as number;
    for (let column = 0; column < row; column++) {
      let sum = 1 << (fractionBits - 1);
      for (let at = 0; at < count; at++) {
        sum += (source[(start + at) * row + column] as number) * (weights[index * most + at] as number);
      }
      target[index * row + column] = toByte(sum);
    }
  }
  return target;
}

function toByte(sum: number): number {
  return Math.min(255, Math.max(0, sum >> fractionBits));
}

function nearest(picture: Picture, width: number, height: number): Picture {
  const { channels } = picture;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const fromY = Math.floor(((y + 0.5) * picture.height) / height);
    for (let x = 0; x < width; x++) {
      const from = (fromY * picture.width + Math.floor(((x + 0.5) * picture.width) / width)) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[(y * width + x) * channels + channel] = picture.data[from + channel] as number;
      }
    }
  }
  return { ...picture, width, height, data };
}
