/** How the elements of a tensor stand for one picture. */
export interface PictureLayout {
  width: number;
  height: number;
  channels: number;
  /** NCHW keeps the channels one behind the other, NHWC pixel by pixel. */
  layout: "NCHW" | "NHWC";
}

/** The picture that one row of a tensor is: four dimensions, one of them 1 or 3 channels. Undefined for anything else. */
export function pictureLayout(shape: readonly (number | string)[]): PictureLayout | undefined {
  const [, a, b, c] = shape;
  if (shape.length !== 4 || typeof a !== "number" || typeof b !== "number" || typeof c !== "number") return undefined;
  const isChannels = (size: number) => size === 1 || size === 3;
  const isSide = (size: number) => size >= 4;
  if (isChannels(a) && isSide(b) && isSide(c)) return { channels: a, height: b, width: c, layout: "NCHW" };
  if (isChannels(c) && isSide(a) && isSide(b)) return { channels: c, height: a, width: b, layout: "NHWC" };
  return undefined;
}

/** Where the element of a pixel stands. */
export function elementAt({ width, height, channels, layout }: PictureLayout, channel: number, pixel: number): number {
  return layout === "NCHW" ? channel * width * height + pixel : pixel * channels + channel;
}
