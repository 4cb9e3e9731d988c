import { expect, test } from "vitest";
import { seenPictures } from "./seen-pictures.ts";

test("returns one row of an image tensor as a picture with its own value range", () => {
  const data = [0, 0, 0, 0, -1, 0, 1, 3];
  expect(seenPictures([{ name: "x", datatype: "FP32", shape: [2, 1, 2, 2], data }], 1)).toEqual([
    {
      name: "x",
      value: { shape: [1, 1, 2, 2], data: [-1, 0, 1, 3] },
      image: { width: 2, height: 2, channels: 1, layout: "NCHW", least: -1, most: 3, isInteger: false },
    },
  ]);
});

test("returns interleaved colour as a picture, but no table", () => {
  const pixels = { name: "x", datatype: "FP32", shape: [1, 2, 2, 3], data: new Array(12).fill(5) };
  expect(seenPictures([pixels], 0)).toMatchObject([{ image: { layout: "NHWC", channels: 3, least: 5, most: 6 } }]);
  expect(seenPictures([{ name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] }], 0)).toEqual([]);
});
