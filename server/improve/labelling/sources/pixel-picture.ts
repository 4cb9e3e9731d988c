import { writePng } from "./write-png.ts";

/** Pixels of a picture as a model takes them: rows of grey values or of RGB, in any range. */
interface Pixels {
  width: number;
  height: number;
  channels: 1 | 3;
  /** Value of a channel of a pixel. */
  at(x: number, y: number, channel: number): number;
}

/** Side below which every pixel is drawn as a square, so that people can see it. */
const smallSide = 256;
const maxSide = 4096;

/**
 * Draws a tensor of numbers as a picture for people: [h, w], [c, h, w] or [h, w, c] with 1 or 3 channels, before it perhaps a batch of one.
 * Its smallest value is black and its largest white.
 * @returns the bytes of a PNG; undefined for other shapes
 */
export function pictureOfPixels(shape: readonly number[], values: ArrayLike<number>): Buffer | undefined {
  const pixels = pixelsOf(shape, values);
  if (!pixels) return undefined;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!Number.isFinite(value)) return undefined;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? 255 / (high - low) : 0;
  const times = Math.max(1, Math.floor(smallSide / Math.max(pixels.width, pixels.height)));
  const [width, height] = [pixels.width * times, pixels.height * times];
  const stride = 1 + width * pixels.channels;
  const raw = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < pixels.channels; channel += 1) {
        const value = pixels.at(Math.floor(x / times), Math.floor(y / times), channel);
        raw[y * stride + 1 + x * pixels.channels + channel] = Math.round((value - low) * scale);
      }
    }
  }
  return writePng(width, height, pixels.channels, raw);
}

function pixelsOf(shape: readonly number[], values: ArrayLike<number>): Pixels | undefined {
  const sides = shape.length === 4 || (shape.length === 3 && shape[0] === 1) ? shape.slice(1) : [...shape];
  if (shape.length === 4 && shape[0] !== 1) return undefined;
  const [a = 0, b = 0, c] = sides;
  const isSide = (side: number) => side >= 2 && side <= maxSide;
  if (sides.reduce((product, side) => product * side, 1) !== values.length) return undefined;
  if (c === undefined) {
    if (!isSide(a) || !isSide(b)) return undefined;
    return { width: b, height: a, channels: 1, at: (x, y) => values[y * b + x] as number };
  }
  if ((a === 1 || a === 3) && isSide(b) && isSide(c)) {
    return { width: c, height: b, channels: a, at: (x, y, channel) => values[(channel * b + y) * c + x] as number };
  }
  if ((c === 1 || c === 3) && isSide(a) && isSide(b)) {
    return { width: b, height: a, channels: c, at: (x, y, channel) => values[(y * b + x) * c + channel] as number };
  }
  return undefined;
}
