import { expect, test } from "vitest";
import { centred } from "../playground/inputs/strokes.ts";
import type { ImageSpec } from "./fields.ts";
import { invert, resample, toPixels, toTensor } from "./image-tensor.ts";

const grey: ImageSpec = { width: 2, height: 2, channels: 1, layout: "NCHW", least: 0, most: 1, isInteger: false };

function picture(width: number, height: number, colour: (x: number, y: number) => number[]) {
  const data = Array.from({ length: width * height }, (_, at) => colour(at % width, Math.floor(at / width))).flat();
  return { width, height, data };
}
const white = [255, 255, 255, 255];
const black = [0, 0, 0, 255];

test("averages the covered area for each pixel of the model", () => {
  const halfWhite = picture(4, 4, (x) => (x === 0 ? white : black));
  expect(toTensor(halfWhite, grey, [1, 1, 2, 2])).toEqual({ shape: [1, 1, 2, 2], data: [0.5, 0, 0.5, 0] });
});

test("weights pixels by area for sizes that do not divide evenly, and preserves brightness", () => {
  expect([...resample([0, 1, 1], 3, 1, 2, 1)].map((value) => Number(value.toFixed(4)))).toEqual([0.3333, 1]);
  expect([...resample([0, 1], 2, 1, 4, 1)]).toEqual([0, 0, 1, 1]);
});

test("converts to grey like mode L of Pillow, and transparent to black", () => {
  const spec = { ...grey, width: 4, height: 1, least: 0, most: 255, isInteger: true };
  const colours = [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 255, 255],
    [255, 255, 255, 0],
  ];
  expect(
    toTensor(
      picture(4, 1, (x) => colours[x] ?? black),
      spec,
      [1, 1, 1, 4],
    ).data,
  ).toEqual([76, 150, 29, 0]);
});

test("orders channels in the layout of the model", () => {
  const red = picture(1, 1, () => [255, 0, 51, 255]);
  const spec: ImageSpec = { ...grey, width: 1, height: 2, channels: 3 };
  expect(toTensor(red, spec, [1, 3, 2, 1]).data).toEqual([1, 1, 0, 0, 0.2, 0.2]);
  expect(toTensor(red, { ...spec, layout: "NHWC" }, [1, 2, 1, 3]).data).toEqual([1, 0, 0.2, 1, 0, 0.2]);
});

test("draws model input back from its range, and inverts it", () => {
  const spec = { ...grey, least: -1, most: 1, width: 2, height: 1 };
  const value = { shape: [1, 1, 1, 2], data: [-1, 0.5] };
  expect([...toPixels(value, spec).data]).toEqual([0, 0, 0, 255, 191, 191, 191, 255]);
  expect(invert(value, spec).data).toEqual([1, -0.5]);
});

test("enlarges and centres a small drawing from a corner", () => {
  const stroke = {
    width: 0.1,
    points: [
      { x: 0.1, y: 0.1 },
      { x: 0.1, y: 0.4 },
    ],
  };
  const { scale, left, top } = centred([stroke], 0);
  expect(scale).toBeCloseTo(2.5);
  expect(0.05 * scale + top).toBeCloseTo(0);
  expect(0.45 * scale + top).toBeCloseTo(1);
  expect(0.1 * scale + left).toBeCloseTo(0.5);
});

test("leaves an empty drawing in place", () => {
  expect(centred([], 0.1)).toEqual({ scale: 1, left: 0, top: 0 });
});
