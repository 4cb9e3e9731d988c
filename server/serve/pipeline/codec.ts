/** The only file that uses the picture library, which decodes in its own threads, never in the caller's. */
import sharp, { type Sharp } from "sharp";
import type { DecodeStep } from "#server/develop/registry/pipeline/steps.ts";
import { InferenceFailure } from "../pool/failure.ts";
import { refuse } from "../protocol/refuse.ts";
import { imageFormat } from "./image-format.ts";
import type { Picture } from "./picture.ts";

// One thread per picture: several pictures are in progress at once, and libvips would start one per core for each.
sharp.concurrency(1);
sharp.cache(false);

const maxSeconds = 20;

/**
 * Decodes the pixels of a PNG, JPEG or WebP file as red, green, blue of 0 to 255. Colour profiles are not applied, as in training
 * libraries; of an animation, the first picture is used.
 * @throws DomainError "invalid" for another format, a broken file, or more pixels than the step allows, before they are unpacked;
 *   InferenceFailure "deadline" after 20 seconds
 */
export async function decode(bytes: Uint8Array, step: DecodeStep, what: string): Promise<Picture> {
  if (!imageFormat(bytes)) refuse(`${what}: expected a PNG, JPEG or WebP file, got ${shownStart(bytes)}`);
  // The header is enough to determine the size.
  const header = sharp(bytes, { limitInputPixels: false, failOn: "error" });
  const { width, height } = await header.metadata().catch((cause: unknown) => broken(what, cause));
  if (width * height > step.maxPixels) {
    refuse(`${what}: expected at most ${step.maxPixels} pixels, got ${width} × ${height}`);
  }
  const [r, g, b] = step.background;
  const source = sharp(bytes, { limitInputPixels: step.maxPixels, failOn: "error", ignoreIcc: true, pages: 1 });
  const upright = step.orient ? source.autoOrient() : source;
  return toPicture(upright.flatten({ background: { r, g, b } }).toColourspace("srgb"), what);
}

/**
 * Returns the width and height at which browsers show a picture, by the start of its file: that of PNG and JPEG after their orientation, and that
 * of WebP (RFC 9649 sections 2.5 to 2.7).
 * @param start at least the header; a JPEG may have hundreds of kilobytes before its size
 * @returns undefined for another format, or without a complete header
 */
export async function shownSize(start: Uint8Array): Promise<{ width: number; height: number } | undefined> {
  const format = imageFormat(start);
  if (format === undefined) return undefined;
  // The library wants a WebP file as a whole.
  if (format === "webp") return sizeOfWebp(Buffer.from(start.buffer, start.byteOffset, start.byteLength));
  try {
    return (await sharp(start, { limitInputPixels: false, failOn: "none" }).metadata()).autoOrient;
  } catch {
    return undefined;
  }
}

function sizeOfWebp(start: Buffer): { width: number; height: number } | undefined {
  if (start.length < 30) return undefined;
  const kind = start.toString("latin1", 12, 16);
  if (kind === "VP8X") return { width: start.readUIntLE(24, 3) + 1, height: start.readUIntLE(27, 3) + 1 };
  if (kind === "VP8L") {
    const bits = start.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return kind === "VP8 "
    ? { width: start.readUInt16LE(26) & 0x3fff, height: start.readUInt16LE(28) & 0x3fff }
    : undefined;
}

/** Encodes a picture as JPEG of a quality from 1 to 100 and decodes it again, to see what is lost. */
export async function throughJpeg({ width, height, channels, data }: Picture, quality: number): Promise<Picture> {
  const jpeg = await sharp(Uint8Array.from(data), { raw: { width, height, channels } }).jpeg({ quality }).toBuffer();
  const decoded = sharp(jpeg).toColourspace(channels === 1 ? "b-w" : "srgb");
  return toPicture(decoded, "JPEG");
}

/** Creates a PNG file of one colour to test a pipeline. @param side width and height in pixels */
export async function greyPicture(side: number): Promise<Uint8Array<ArrayBuffer>> {
  const create = { width: side, height: side, channels: 3 as const, background: { r: 128, g: 128, b: 128 } };
  return new Uint8Array(await sharp({ create }).png().toBuffer());
}

/**
 * Creates a PNG file whose pixels differ in every direction and channel, so that swapped axes or channels are visible: red increases
 * to the right, green downwards, and blue in rings around the middle.
 */
export async function samplePicture(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const ring = Math.floor(Math.hypot(x - width / 2, y - height / 2));
    pixels.set([(x * 255) / (width - 1), (y * 255) / (height - 1), (ring * 8) % 256], at * 3);
  }
  const raw = { width, height, channels: 3 as const };
  return new Uint8Array(await sharp(pixels, { raw }).png({ adaptiveFiltering: true }).toBuffer());
}

async function toPicture(work: Sharp, what: string): Promise<Picture> {
  const { data, info } = await work
    .timeout({ seconds: maxSeconds })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => broken(what, cause));
  const channels = info.channels === 1 ? 1 : 3;
  if (info.channels !== channels) throw new Error(`The decoder gave ${info.channels} channels.`);
  const { width, height } = info;
  return { width, height, channels, data: new Uint8Array(data), planes: false };
}

function broken(what: string, cause: unknown): never {
  // libvips says "timeout: 20% complete". A machine with too much work says nothing about the picture.
  if (cause instanceof Error && cause.message.startsWith("timeout:")) {
    throw new InferenceFailure("deadline", `${what}: decoding the image took longer than ${maxSeconds}\u00a0s.`);
  }
  const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
  return refuse(`${what}: the image cannot be decoded: ${reason}`);
}

function shownStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty element";
  return `bytes starting with ${Buffer.from(bytes.subarray(0, 8)).toString("hex")}`;
}
