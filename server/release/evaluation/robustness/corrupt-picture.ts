import type { Picture } from "#server/serve/pipeline/picture.ts";
import { normalFrom, type Random } from "#server/stats/random.ts";
import { poissonFrom } from "#server/stats/random-counts.ts";
import { type CorruptionKind, levelOf } from "./corruption-kinds.ts";

/** Side of the pictures for which the radii of blurs are given. */
const referenceSide = 224;
/** Standard deviation beside the radius of a motion blur, by severity. */
const motionSigmas = [3, 5, 8, 12, 15];
const motionRadii = [10, 15, 15, 15, 20];

/** Kinds that change pixels without a codec. */
export type PixelCorruption = Exclude<Extract<CorruptionKind, PictureKind>, "jpeg">;
type PictureKind =
  | "gaussian-noise"
  | "shot-noise"
  | "impulse-noise"
  | "speckle-noise"
  | "gaussian-blur"
  | "defocus-blur"
  | "motion-blur"
  | "brightness"
  | "contrast"
  | "jpeg"
  | "pixelate";

/**
 * Corrupts a decoded picture of 0 to 255, its channels interleaved, as docs/spec/evaluation.md section 10.2 says. Radii and deviations of blurs scale with
 * the shorter side by 224.
 */
export function corruptPicture(picture: Picture, kind: PixelCorruption, severity: number, random: Random): Picture {
  const values = Float64Array.from(picture.data, (value) => value / 255);
  const level = levelOf(kind, severity);
  const scale = Math.min(picture.width, picture.height) / referenceSide;
  const changed = changeValues(values, picture, { kind, severity, level, scale }, random);
  const data = Uint8Array.from(changed, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255));
  return { ...picture, data };
}

interface Change {
  kind: PixelCorruption;
  severity: number;
  level: number;
  scale: number;
}

function changeValues(
  values: Float64Array,
  picture: Picture,
  { kind, severity, level, scale }: Change,
  random: Random,
): Float64Array {
  switch (kind) {
    case "gaussian-noise":
      return values.map((value) => value + level * normalFrom(random));
    case "shot-noise":
      return values.map((value) => poissonFrom(value * level, random) / level);
    case "impulse-noise":
      return values.map((value) => (random() < level ? (random() < 0.5 ? 0 : 1) : value));
    case "speckle-noise":
      return values.map((value) => value + value * level * normalFrom(random));
    case "gaussian-blur":
      return gaussianBlur(values, picture, level * scale);
    case "defocus-blur":
      return defocus(values, picture, level * scale);
    case "motion-blur":
      return motionBlur(values, picture, {
        radius: (motionRadii[severity - 1] as number) * scale,
        sigma: (motionSigmas[severity - 1] as number) * scale,
        angle: (random() - 0.5) * (Math.PI / 2),
      });
    case "brightness":
      return brighten(values, picture.channels, level);
    case "contrast":
      return lowerContrast(values, picture.channels, level);
    case "pixelate":
      return pixelate(values, picture, level);
  }
}

type Size = Pick<Picture, "width" | "height" | "channels">;

const clampTo = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));

/** Convolves rows, then columns, with a normal kernel of four deviations to each side; edges are repeated. */
function gaussianBlur(values: Float64Array, size: Size, sigma: number): Float64Array {
  if (sigma <= 0) return values;
  const reach = Math.ceil(4 * sigma);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  const weights = kernel.map((weight) => weight / sum);
  const pass = (from: Float64Array, isRow: boolean) => {
    const { width, height, channels } = size;
    return mapPixels(size, (x, y, channel) => {
      let total = 0;
      for (let at = -reach; at <= reach; at += 1) {
        const [px, py] = isRow ? [clampTo(x + at, width), y] : [x, clampTo(y + at, height)];
        total += (weights[at + reach] as number) * (from[(py * width + px) * channels + channel] as number);
      }
      return total;
    });
  };
  return pass(pass(values, true), false);
}

/** Averages over a disk. Sums along rows are prepared, so a disk costs one difference per row. */
function defocus(values: Float64Array, size: Size, radius: number): Float64Array {
  const { width, height, channels } = size;
  const reach = Math.floor(radius);
  if (reach < 1) return values;
  const sums = new Float64Array((width + 1) * height * channels);
  const sumAt = (x: number, y: number, channel: number) => (y * (width + 1) + x) * channels + channel;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        sums[sumAt(x + 1, y, channel)] =
          (sums[sumAt(x, y, channel)] as number) + (values[(y * width + x) * channels + channel] as number);
      }
    }
  }
  return mapPixels(size, (x, y, channel) => {
    let [total, count] = [0, 0];
    for (let dy = -reach; dy <= reach; dy += 1) {
      const half = Math.floor(Math.sqrt(radius ** 2 - dy ** 2));
      const row = clampTo(y + dy, height);
      const [from, to] = [Math.max(0, x - half), Math.min(width, x + half + 1)];
      total += (sums[sumAt(to, row, channel)] as number) - (sums[sumAt(from, row, channel)] as number);
      count += to - from;
    }
    return total / count;
  });
}

/** Averages along a line in one direction with normal weights, as ImageMagick does. */
function motionBlur(
  values: Float64Array,
  size: Size,
  { radius, sigma, angle }: { radius: number; sigma: number; angle: number },
): Float64Array {
  const length = Math.floor(2 * radius) + 1;
  if (length < 2) return values;
  const { width, height, channels } = size;
  const weights = Float64Array.from({ length }, (_, at) => Math.exp(-(at ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return mapPixels(size, (x, y, channel) => {
    let total = 0;
    for (let at = 0; at < length; at += 1) {
      const px = clampTo(x - Math.round(at * Math.cos(angle)), width);
      const py = clampTo(y - Math.round(at * Math.sin(angle)), height);
      total += (weights[at] as number) * (values[(py * width + px) * channels + channel] as number);
    }
    return total / sum;
  });
}

/** Adds to the value of HSV: the greatest channel. Hue and saturation stay. */
function brighten(values: Float64Array, channels: number, added: number): Float64Array {
  const changed = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += channels) {
    const pixel = values.subarray(at, at + channels);
    const value = Math.max(...pixel);
    const target = Math.min(1, value + added);
    for (let channel = 0; channel < channels; channel += 1) {
      changed[at + channel] = value > 0 ? ((pixel[channel] as number) / value) * target : target;
    }
  }
  return changed;
}

function lowerContrast(values: Float64Array, channels: number, factor: number): Float64Array {
  const means = Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let at = channel; at < values.length; at += channels) sum += values[at] as number;
    return sum / (values.length / channels);
  });
  return values.map((value, at) => {
    const mean = means[at % channels] as number;
    return (value - mean) * factor + mean;
  });
}

/** Averages blocks, and draws each as one colour. */
function pixelate(values: Float64Array, size: Size, scale: number): Float64Array {
  const { width, height, channels } = size;
  const [columns, rows] = [Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale))];
  const blockOf = (x: number, y: number) =>
    Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
  const sums = new Float64Array(columns * rows * channels);
  const counts = new Float64Array(columns * rows);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const block = blockOf(x, y);
      counts[block] = (counts[block] as number) + 1;
      for (let channel = 0; channel < channels; channel += 1) {
        const at = block * channels + channel;
        sums[at] = (sums[at] as number) + (values[(y * width + x) * channels + channel] as number);
      }
    }
  }
  return mapPixels(size, (x, y, channel) => {
    const block = blockOf(x, y);
    return (sums[block * channels + channel] as number) / (counts[block] as number);
  });
}

function mapPixels(
  { width, height, channels }: Size,
  of: (x: number, y: number, channel: number) => number,
): Float64Array {
  const mapped = new Float64Array(width * height * channels);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        mapped[at] = of(x, y, channel);
        at += 1;
      }
    }
  }
  return mapped;
}
