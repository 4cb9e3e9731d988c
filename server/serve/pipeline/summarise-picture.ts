import type { PictureSummary } from "./picture-summary.ts";

/** A decoded picture: 8 bits a channel, interleaved, grey or red, green, blue. */
interface Pixels {
  width: number;
  height: number;
  channels: 1 | 3;
  data: ArrayLike<number>;
}

/** Maximum number of pixels to inspect, on a grid of equal steps; smaller pictures are inspected completely. */
const maxInspected = 16_384;
const dark = 10;
const bright = 245;

/**
 * Computes the measurements of a picture in docs/spec/drift.md section 9. Above 16,384 pixels, those on a grid are inspected, each with
 * its own neighbours, so that a large photo costs as much as a small one; references do the same, so that both can be compared.
 * @param bytes of the file. @param format of the file, such as "jpeg"
 */
export function summarisePicture(
  { width, height, channels, data }: Pixels,
  bytes: number,
  format: string,
): PictureSummary {
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / maxInspected)));
  const levels = new Uint32Array(256);
  const luma = (x: number, y: number): number => {
    const at = (y * width + x) * channels;
    if (channels === 1) return data[at] as number;
    return 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  };
  let [count, sum, squares, saturation, red, blue] = [0, 0, 0, 0, 0, 0];
  let [inner, edges, edgeSquares, darks, brights] = [0, 0, 0, 0, 0];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const value = luma(x, y);
      count += 1;
      sum += value;
      squares += value * value;
      levels[Math.round(value)] = (levels[Math.round(value)] as number) + 1;
      if (value < dark) darks += 1;
      if (value > bright) brights += 1;
      if (channels === 3) {
        const at = (y * width + x) * 3;
        const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
        const most = Math.max(r, g, b);
        if (most > 0) saturation += (most - Math.min(r, g, b)) / most;
        red += r - g;
        blue += b - g;
      }
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) continue;
      const edge = luma(x, y - 1) + luma(x - 1, y) + luma(x + 1, y) + luma(x, y + 1) - 4 * value;
      inner += 1;
      edges += edge;
      edgeSquares += edge * edge;
    }
  }
  const mean = sum / count;
  return {
    brightness: mean,
    contrast: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    saturation: saturation / count,
    "red-cast": red / count,
    "blue-cast": blue / count,
    sharpness: inner === 0 ? 0 : Math.max(0, edgeSquares / inner - (edges / inner) ** 2),
    entropy: entropyOf(levels, count),
    "dark-share": darks / count,
    "bright-share": brights / count,
    "aspect-ratio": width / height,
    pixels: width * height,
    "bytes-per-pixel": bytes / (width * height),
    format,
  };
}

/** Computes the entropy in bits. */
function entropyOf(levels: Uint32Array, count: number): number {
  let bits = 0;
  for (const level of levels) if (level > 0) bits -= (level / count) * Math.log2(level / count);
  return bits;
}
