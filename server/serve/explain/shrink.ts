import { elementAt, type PictureLayout } from "./picture-layout.ts";

interface Size {
  width: number;
  height: number;
}

/** Returns a grid with at most `side` cells along its longer side: each is the mean of the values that it represents. */
export function shrunk(values: readonly number[], { width, height }: Size, side: number): Size & { values: number[] } {
  const step = Math.ceil(Math.max(width, height) / side);
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (const [at, value] of values.entries()) {
    const index = Math.floor(Math.floor(at / width) / step) * columns + Math.floor((at % width) / step);
    sums[index] = (sums[index] as number) + value;
    counts[index] = (counts[index] as number) + 1;
  }
  return { width: columns, height: rows, values: Array.from(sums, (sum, index) => sum / (counts[index] || 1)) };
}

/** Converts a picture tensor to grey from 0 to 255, its lowest value black and its highest white: models use many different scales. */
export function greyOf(picture: readonly number[], spec: PictureLayout): number[] {
  const area = spec.width * spec.height;
  const light = Array.from({ length: area }, (_, pixel) => {
    let sum = 0;
    for (let channel = 0; channel < spec.channels; channel += 1) sum += picture[elementAt(spec, channel, pixel)] ?? 0;
    return sum / spec.channels;
  });
  const least = light.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = light.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return light.map((value) => (most > least ? ((value - least) / (most - least)) * 255 : 0));
}
