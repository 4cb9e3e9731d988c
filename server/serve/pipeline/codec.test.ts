import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { pngFile as png } from "../../testing/fixtures/serving/pipeline/testing.ts";
import { decode, shownSize } from "./codec.ts";

const step = {
  step: "decode" as const,
  maxPixels: 1000,
  orient: true,
  background: [10, 20, 30] as [number, number, number],
};
const what = "input 'picture', file 0";
const rgb = png(2, 1, 2, [[1, 2, 3, 250, 251, 252]]);

test("decodes a colour PNG to its exact pixels", async () => {
  const { width, height, channels, data } = await decode(rgb, step, what);
  expect({ width, height, channels, data: [...data] }).toEqual({
    width: 2,
    height: 1,
    channels: 3,
    data: [1, 2, 3, 250, 251, 252],
  });
});

test("decodes greyscale to three equal channels", async () => {
  const { channels, data } = await decode(png(2, 1, 0, [[0, 200]]), step, what);
  expect({ channels, data: [...data] }).toEqual({ channels: 3, data: [0, 0, 0, 200, 200, 200] });
});

test("fills transparent pixels with the background", async () => {
  const { data } = await decode(png(2, 1, 6, [[255, 0, 0, 0, 1, 2, 3, 255]]), step, what);
  expect([...data]).toEqual([10, 20, 30, 1, 2, 3]);
});

test.each([
  [true, 1, 2],
  [false, 2, 1],
])("applies the EXIF orientation of a JPEG only if the step requests it: %s", async (orient, width, height) => {
  const raw = Buffer.from([250, 0, 0, 0, 0, 250]);
  const wide = sharp(raw, { raw: { width: 2, height: 1, channels: 3 } }).resize(32, 16, { kernel: "nearest" });
  const jpeg = await wide
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
    .toBuffer();
  const picture = await decode(jpeg, { ...step, orient }, what);
  expect([picture.width, picture.height]).toEqual([width * 16, height * 16]);
  // Orientation 6: what was left is at the top.
  expect(picture.data[0]).toBeGreaterThan(200);
  expect(picture.data[2]).toBeLessThan(60);
});

test("decodes a WebP", async () => {
  const webp = await sharp(rgb).webp({ lossless: true }).toBuffer();
  expect([...(await decode(webp, step, what)).data]).toEqual([1, 2, 3, 250, 251, 252]);
});

test("rejects a small file whose header declares a huge image", async () => {
  const bomb = png(30_000, 30_000, 0, []);
  await expect(decode(bomb, step, what)).rejects.toThrow(`${what}: expected at most 1000 pixels, got 30000 × 30000`);
});

test("rejects a truncated file", async () => {
  await expect(decode(rgb.subarray(0, 50), step, what)).rejects.toThrow(`${what}: the image cannot be decoded`);
});

test.each([
  ["a GIF", Buffer.from("GIF89a\x01\x00\x01\x00"), "bytes starting with 4749463839610100"],
  [
    "an SVG, which could name other files",
    Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "bytes starting with",
  ],
  ["nothing", Buffer.alloc(0), "an empty element"],
])("rejects %s before decoding", async (_what, bytes, got) => {
  await expect(decode(bytes, step, what)).rejects.toThrow(`${what}: expected a PNG, JPEG or WebP file, got ${got}`);
});

test.each<[string, (wide: Sharp) => Sharp, number, number]>([
  ["PNG", (wide) => wide.png(), 320, 160],
  ["JPEG", (wide) => wide.jpeg(), 320, 160],
  ["turned JPEG", (wide) => wide.withMetadata({ orientation: 6 }).jpeg(), 160, 320],
  ["lossy WebP", (wide) => wide.webp(), 320, 160],
  ["lossless WebP", (wide) => wide.webp({ lossless: true }), 320, 160],
  ["WebP with more than a picture", (wide) => wide.withMetadata().webp(), 320, 160],
])("finds the size of a %s by the start of its file", async (_name, as, width, height) => {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 60 };
  const create = { width: 320, height: 160, channels: 3 as const, noise, background: "grey" };
  const file = await as(sharp({ create })).toBuffer();
  expect(file.length).toBeGreaterThan(4096);
  expect(await shownSize(file.subarray(0, 4096))).toEqual({ width, height });
  expect(await shownSize(file.subarray(0, 20))).toBeUndefined();
});

test("finds no size of what is no picture", async () => {
  expect(await shownSize(Buffer.from("<svg width='3' height='4'/>".repeat(9)))).toBeUndefined();
});
