import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { numbersOf } from "../tensor/tensor-numbers.ts";
import { explainPicture } from "./explain-picture.ts";
import { greyOf, shrunk } from "./shrink.ts";

const side = 16;
const picture = (datatype: "FP32" | "UINT8" | "FP16"): Tensor => {
  const values = Array.from({ length: side * side }, (_, at) => (isMark(at) ? 200 : 10));
  const shape = [1, 1, side, side];
  if (datatype === "FP32") return { name: "image", datatype, shape, data: Float32Array.from(values) };
  if (datatype === "UINT8") return { name: "image", datatype, shape, data: Uint8Array.from(values) };
  return { name: "image", datatype, shape, data: new Uint16Array(Float16Array.from(values).buffer) };
};

/** Checks whether a pixel belongs to the mark of 4 × 4 pixels at (4, 8). */
function isMark(at: number): boolean {
  const [x, y] = [at % side, Math.floor(at / side)];
  return x >= 4 && x < 8 && y >= 8 && y < 12;
}

/** Returns the mean brightness of the mark for each row. */
function detector(tensors: Tensor[]): number[] {
  const [tensor] = tensors as [Tensor];
  const rows = tensor.shape[0] as number;
  return Array.from({ length: rows }, (_, row) => {
    const one = numbersOf(tensor, row * side * side, (row + 1) * side * side);
    return one.filter((_, at) => isMark(at)).reduce((a, b) => a + b) / 16;
  });
}

for (const datatype of ["FP32", "UINT8", "FP16"] as const) {
  test(`hiding parts of a picture finds the mark that a detector rests on, ${datatype}`, async () => {
    const batches: number[] = [];
    const found = await explainPicture(
      { tensors: [picture(datatype)], patch: 4, stride: 4, baseline: "mean" },
      {
        isBatched: true,
        progress: () => {},
        predict: async (tensors) => {
          batches.push(tensors[0]?.shape[0] ?? 0);
          return detector(tensors);
        },
      },
    );
    expect(batches).toEqual([17]);
    expect(found.prediction).toBe(200);
    const { heat, strongest } = found.why;
    const mean = (16 * 200 + 240 * 10) / 256;
    for (const [at, value] of heat.values.entries()) {
      if (isMark(at)) expect(value).toBeCloseTo(200 - mean, 0);
      else expect(value).toBe(0);
    }
    expect(strongest).toEqual([{ left: 4, top: 8, width: 4, height: 4, fall: expect.closeTo(200 - mean, 0) }]);
  });
}

test("requests one row at a time from an unbatched model, with its other inputs unchanged", async () => {
  const words: Tensor = { name: "words", datatype: "BYTES", shape: [1], data: ["a"] };
  const shapes: string[] = [];
  const found = await explainPicture(
    { tensors: [words, picture("FP32")], patch: 8, stride: 8, baseline: "blur" },
    {
      isBatched: false,
      progress: () => {},
      predict: async (tensors) => {
        shapes.push(`${tensors[0]?.data} ${tensors[1]?.shape}`);
        return [1];
      },
    },
  );
  expect(shapes).toEqual(new Array(5).fill("a 1,1,16,16"));
  expect(found.why.strongest).toEqual([]);
});

test("rejects rows without an image and too many patches, with a fix", async () => {
  const options = { isBatched: true, progress: () => {}, predict: async () => [1] };
  const numbers: Tensor = { name: "x", datatype: "FP32", shape: [1, 4], data: new Float32Array(4) };
  const settings = { patch: undefined, stride: undefined, baseline: "mean" as const };
  await expect(explainPicture({ tensors: [numbers], ...settings }, options)).rejects.toMatchObject({ code: "invalid" });
  const large: Tensor = { name: "x", datatype: "FP32", shape: [1, 1, 80, 80], data: new Float32Array(6400) };
  await expect(explainPicture({ tensors: [large], ...settings, patch: 1, stride: 1 }, options)).rejects.toThrow(
    "larger stride",
  );
});

test("downsamples a large grid by means, and scales an image to grey between its extremes", () => {
  expect(shrunk([1, 3, 5, 7, 1, 3, 5, 7, 9, 9, 9, 9], { width: 4, height: 3 }, 2)).toEqual({
    width: 2,
    height: 2,
    values: [2, 6, 9, 9],
  });
  const spec = { width: 2, height: 1, channels: 3, layout: "NHWC" as const };
  expect(greyOf([-1, -1, -1, 2, 2, 2], spec)).toEqual([0, 255]);
});
