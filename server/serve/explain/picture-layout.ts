/** Layout of the elements of a tensor that represents one picture. */
export interface PictureLayout {
  width: number;
  height: number;
  channels: number;
  /** NCHW stores the channels one after the other, NHWC pixel by pixel. */
  layout: "NCHW" | "NHWC";
}

/** Returns the layout of a tensor whose rows are pictures: four dimensions, one of them 1 or 3 channels. Undefined for anything else. */
export function pictureLayout(shape: readonly (number | string)[]): PictureLayout | undefined {
  const [, a, b, c] = shape;
  if (shape.length !== 4 || typeof a !== "number" || typeof b !== "number" || typeof c !== "number") return undefined;
  const isChannels = (size: number) => size === 1 || size === 3;
  const isSide = (size: number) => size >= 4;
  if (isChannels(a) && isSide(b) && isSide(c)) return { channels: a, height: b, width: c, layout: "NCHW" };
  if (isChannels(c) && isSide(a) && isSide(b)) return { channels: c, height: a, width: b, layout: "NHWC" };
  return undefined;
}

/** Returns the index of a pixel's element. */
export function elementAt({ width, height, channels, layout }: PictureLayout, channel: number, pixel: number): number {
  return layout === "NCHW" ? channel * width * height + pixel : pixel * channels + channel;
}
