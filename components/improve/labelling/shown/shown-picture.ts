/** How a picture of a task reaches the screen. */
export type ShownPicture =
  | { kind: "address"; src: string }
  | { kind: "pixels"; width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> }
  /** On another host: the page's policy loads nothing from there, so it opens beside. */
  | { kind: "elsewhere"; href: string };

const maxPixels = 4096 * 4096;

/**
 * Returns the picture that a field holds: a stored file, an inline image, or numbers as a model receives them (rows of grey values, or with three
 * channels first or last, also flat with their shape). Undefined for anything else.
 * @param fileAddress where the browser gets a stored file
 */
export function readPicture(value: unknown, fileAddress: string): ShownPicture | undefined {
  if (typeof value === "string") return readText(value);
  if (Array.isArray(value)) return readPixels(shapeOf(value), value.flat(4));
  if (typeof value !== "object" || value === null) return undefined;
  if ("artifact" in value) return { kind: "address", src: fileAddress };
  const { shape, data } = value as { shape?: unknown; data?: unknown };
  if (!Array.isArray(shape) || !Array.isArray(data)) return undefined;
  return readPixels(shape.map(Number), data.flat(4));
}

function readText(text: string): ShownPicture | undefined {
  if (/^data:image\/(?:png|jpeg|gif|webp|bmp);base64,/.test(text)) return { kind: "address", src: text };
  return /^https?:\/\//.test(text) ? { kind: "elsewhere", href: text } : undefined;
}

function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

function readPixels(shape: readonly number[], values: readonly unknown[]): ShownPicture | undefined {
  // One picture: dimensions of 1 in front count rows of a batch, or the one channel.
  const sizes = shape.slice(shape.findIndex((size) => size !== 1));
  const [a = 0, b = 0, c] = sizes;
  const isFirst = c !== undefined && a === 3;
  const channels = c === undefined ? 1 : isFirst ? 3 : c;
  const [height, width] = isFirst ? [b, c] : [a, b];
  const isPicture = sizes.length >= 2 && sizes.length <= 3 && (channels === 1 || channels === 3);
  const pixels = width * height;
  if (!isPicture || pixels === 0 || pixels > maxPixels || values.length !== pixels * channels) return undefined;
  if (!values.every((each) => typeof each === "number")) return undefined;
  const numbers = values as number[];
  const white = numbers.reduce((most, each) => Math.max(most, each), 0);
  // Scales in use: 0 to 1, 0 to 16 (the digits of scikit-learn), bytes.
  const factor = 255 / (white <= 1 ? 1 : white <= 16 ? 16 : Math.max(white, 255));
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const at = channels === 1 ? pixel : isFirst ? channel * pixels + pixel : pixel * 3 + channel;
      rgba[pixel * 4 + channel] = (numbers[at] ?? 0) * factor;
    }
    rgba[pixel * 4 + 3] = 255;
  }
  return { kind: "pixels", width, height, rgba };
}
