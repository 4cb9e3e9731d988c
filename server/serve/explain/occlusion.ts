import { elementAt, type PictureLayout } from "./picture-layout.ts";

/** A part of a picture, in pixels from the left and from the top. */
export interface Patch {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Replacement for a hidden part: the mean of each channel, or the blurred picture. */
export type OcclusionBaseline = "mean" | "blur";

/** Patches of a size every `stride` pixels; the last ones of a row and a column end at the edge, so that every pixel is in one. */
export function patchesOf(
  { width, height }: Pick<PictureLayout, "width" | "height">,
  size: number,
  stride: number,
): Patch[] {
  const lefts = startsOf(width, size, stride);
  return startsOf(height, size, stride).flatMap((top) =>
    lefts.map((left) => ({ left, top, width: Math.min(size, width), height: Math.min(size, height) })),
  );
}

function startsOf(length: number, size: number, stride: number): number[] {
  const last = Math.max(0, length - size);
  const starts: number[] = [];
  for (let start = 0; start < last; start += stride) starts.push(start);
  return [...starts, last];
}

/** Returns the elements that replace a hidden picture: as many as it has. @param radius of the blur, in pixels. */
export function baselineOf(
  picture: ArrayLike<number>,
  spec: PictureLayout,
  kind: OcclusionBaseline,
  radius: number,
): Float64Array {
  const area = spec.width * spec.height;
  const hidden = new Float64Array(area * spec.channels);
  for (let channel = 0; channel < spec.channels; channel += 1) {
    const plane = Float64Array.from({ length: area }, (_, pixel) => picture[elementAt(spec, channel, pixel)] ?? 0);
    const mean = plane.reduce((sum, value) => sum + value, 0) / area;
    const blurred = kind === "blur" ? blur(plane, spec, radius) : undefined;
    for (let pixel = 0; pixel < area; pixel += 1) hidden[elementAt(spec, channel, pixel)] = blurred?.[pixel] ?? mean;
  }
  return hidden;
}

/** Blurs a plane. Three box blurs in a row approximate a Gaussian blur (Wells, "Efficient synthesis of Gaussian filters", 1986). */
function blur(plane: Float64Array, { width, height }: PictureLayout, radius: number): Float64Array {
  let now = plane;
  for (let round = 0; round < 3; round += 1) {
    const across = new Float64Array(now.length);
    for (let y = 0; y < height; y += 1) meanLine(now, across, { start: y * width, step: 1, length: width }, radius);
    const down = new Float64Array(now.length);
    for (let x = 0; x < width; x += 1) meanLine(across, down, { start: x, step: width, length: height }, radius);
    now = down;
  }
  return now;
}

/** Replaces each element by the mean of those within the radius; at an edge, of those that exist. */
function meanLine(
  from: Float64Array,
  into: Float64Array,
  { start, step, length }: { start: number; step: number; length: number },
  radius: number,
): void {
  const sums = new Float64Array(length + 1);
  for (let at = 0; at < length; at += 1) sums[at + 1] = (sums[at] as number) + (from[start + at * step] as number);
  for (let at = 0; at < length; at += 1) {
    const [low, high] = [Math.max(0, at - radius), Math.min(length, at + radius + 1)];
    into[start + at * step] = ((sums[high] as number) - (sums[low] as number)) / (high - low);
  }
}

/** Copies what hides a picture into one part of it, in the elements that start at `offset`. */
export function hidePatch(
  elements: { [at: number]: number },
  offset: number,
  hidden: ArrayLike<number>,
  spec: PictureLayout,
  patch: Patch,
): void {
  for (let y = patch.top; y < patch.top + patch.height; y += 1) {
    for (let x = patch.left; x < patch.left + patch.width; x += 1) {
      for (let channel = 0; channel < spec.channels; channel += 1) {
        const at = elementAt(spec, channel, y * spec.width + x);
        elements[offset + at] = hidden[at] as number;
      }
    }
  }
}

/**
 * Computes each pixel's contribution to the prediction: its mean drop over the patches that hid the pixel (Zeiler and Fergus,
 * "Visualizing and understanding convolutional networks", 2014, section 4.2). Below zero, hiding it increased the prediction.
 * @param falls prediction for the complete picture minus prediction with the patch hidden, by patch
 */
export function heatOf(
  patches: readonly Patch[],
  falls: ArrayLike<number>,
  { width, height }: Pick<PictureLayout, "width" | "height">,
): number[] {
  const sums = new Float64Array(width * height);
  const counts = new Float64Array(width * height);
  for (const [index, patch] of patches.entries()) {
    for (let y = patch.top; y < patch.top + patch.height; y += 1) {
      for (let x = patch.left; x < patch.left + patch.width; x += 1) {
        const pixel = y * width + x;
        sums[pixel] = (sums[pixel] as number) + (falls[index] as number);
        counts[pixel] = (counts[pixel] as number) + 1;
      }
    }
  }
  return Array.from(sums, (sum, pixel) => sum / (counts[pixel] || 1));
}
