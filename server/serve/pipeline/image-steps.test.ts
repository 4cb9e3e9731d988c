import { expect, test } from "vitest";
import { centreCrop, layOut, normalise, roomFor, scale, toColour, writeAs } from "./image-steps.ts";
import type { Picture } from "./picture.ts";

function picture(width: number, height: number, channels: 1 | 3, values: number[]): Picture {
  return { width, height, channels, data: Uint8Array.from(values), planes: false };
}
const range = (length: number) => Array.from({ length }, (_, at) => at);

// Pillow 13.0.0, Image.convert("L").
test("converts to grey like Pillow: red 76, green 150, blue 29, white 255", () => {
  const colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 59, 118];
  const grey = toColour(picture(5, 1, 3, colours), "grey");
  expect([...grey.data]).toEqual([76, 150, 29, 255, 48]);
  expect(grey.channels).toBe(1);
});

test("repeats grey in each rgb channel, and swaps red and blue for bgr", () => {
  expect([...toColour(picture(2, 1, 1, [7, 9]), "rgb").data]).toEqual([7, 7, 7, 9, 9, 9]);
  expect([...toColour(picture(1, 1, 3, [1, 2, 3]), "bgr").data]).toEqual([3, 2, 1]);
});

test.each([
  [4, 2, [5, 6, 9, 10]],
  // torchvision: int(round((5 - 2) / 2.0)) is 2, since Python rounds halves to even.
  [5, 2, [12, 13, 17, 18]],
  [5, 3, [6, 7, 8, 11, 12, 13, 16, 17, 18]],
])("centre-crops %i by %i pixels like torchvision's CenterCrop", (side, crop, expected) => {
  expect([...(centreCrop(picture(side, side, 1, range(side * side)), crop, crop)?.data ?? [])]).toEqual(expected);
});

test("returns undefined for a crop larger than the image", () => {
  expect(centreCrop(picture(4, 4, 1, range(16)), 5, 4)).toBeUndefined();
});

test("scales every byte by 1/255 to the same float32 as a division", () => {
  const scaled = scale(picture(256, 1, 1, range(256)), 1 / 255, 0);
  expect([...scaled.data]).toEqual(range(256).map((value) => Math.fround(value / 255)));
});

test("inverts dark on white to white on dark with an offset", () => {
  expect([...scale(picture(3, 1, 1, [0, 51, 255]), -1 / 255, 1).data]).toEqual([1, Math.fround(0.8), 0]);
});

// numpy 2.4.6 in float32: (128/255 - [.485, .456, .406]) / [.229, .224, .225].
test.each([true, false])("normalises with ImageNet means to the same float32 as numpy (planes: %s)", (planes) => {
  const pixels = layOut(scale(picture(2, 1, 3, range(6).fill(128)), 1 / 255, 0), planes);
  const normal = normalise(pixels, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
  const [r, g, b] = [0.07406462728977203, 0.20518219470977783, 0.4264925718307495];
  expect([...normal.data]).toEqual(planes ? [r, r, g, g, b, b] : [r, g, b, r, g, b]);
});

test("converts to planar layout and back", () => {
  const pixels = picture(2, 1, 3, [1, 2, 3, 4, 5, 6]);
  const planes = layOut(pixels, true);
  expect([...planes.data]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...layOut(planes, false).data]).toEqual([1, 2, 3, 4, 5, 6]);
});

test.each([
  ["UINT8", [-3, 0.5, 254.6, 300], [0, 1, 255, 255]],
  ["INT8", [-200, -1.2, 127.9, 3], [-128, -1, 127, 3]],
  ["INT32", [-2.6, 4, 5e9, 0], [-3, 4, 2147483647, 0]],
  ["INT64", [1.4, -7, 2, 0], [1n, -7n, 2n, 0n]],
  // The bits of 1, -2, 0.5 and 65504 in IEEE 754 binary16.
  ["FP16", [1, -2, 0.5, 65504], [0x3c00, 0xc000, 0x3800, 0x7bff]],
  ["FP32", [0.1, 1, 2, 3], [Math.fround(0.1), 1, 2, 3]],
] as const)("%s", (datatype, values, expected) => {
  const target = roomFor(datatype, 4);
  writeAs(values, datatype, target, 0);
  expect([...(target as Float32Array)]).toEqual(expected);
});
