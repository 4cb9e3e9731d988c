import { expect, test } from "vitest";
import { baselineOf, heatOf, hidePatch, patchesOf } from "./occlusion.ts";
import { pictureLayout } from "./picture-layout.ts";

test("covers every pixel with patches, the last ones at the edge", () => {
  const patches = patchesOf({ width: 10, height: 7 }, 4, 3);
  const seen = new Set<number>();
  for (const { left, top, width, height } of patches) {
    expect(left + width).toBeLessThanOrEqual(10);
    expect(top + height).toBeLessThanOrEqual(7);
    for (let y = top; y < top + height; y += 1) for (let x = left; x < left + width; x += 1) seen.add(y * 10 + x);
  }
  expect(seen.size).toBe(70);
  expect(patches.map(({ left }) => left).slice(0, 3)).toEqual([0, 3, 6]);
  expect(patchesOf({ width: 3, height: 3 }, 8, 8)).toEqual([{ left: 0, top: 0, width: 3, height: 3 }]);
});

test("recognises only a tensor in NCHW or NHWC layout as an image", () => {
  expect(pictureLayout(["N", 1, 28, 20])).toEqual({ channels: 1, height: 28, width: 20, layout: "NCHW" });
  expect(pictureLayout([1, 32, 40, 3])).toEqual({ channels: 3, height: 32, width: 40, layout: "NHWC" });
  expect(pictureLayout(["N", 64])).toBeUndefined();
  expect(pictureLayout(["N", 1, "height", 20])).toBeUndefined();
});

for (const layout of ["NCHW", "NHWC"] as const) {
  test(`occlusion of a detector of one patch finds just that patch, ${layout}`, () => {
    const spec = { width: 16, height: 12, channels: 3, layout };
    const bright = { left: 8, top: 4, width: 4, height: 4 };
    const picture = new Float64Array(spec.width * spec.height * spec.channels);
    const white = new Float64Array(picture.length).fill(1);
    hidePatch(picture, 0, white, spec, bright);
    // The output is the brightness of the patch, minus a little of the brightness elsewhere.
    const inPatch = new Float64Array(picture.length);
    hidePatch(inPatch, 0, white, spec, bright);
    const detector = (elements: ArrayLike<number>) =>
      Array.from(inPatch, (isIn, at) => (isIn ? 1 : -0.1) * (elements[at] as number)).reduce((a, b) => a + b);
    const hidden = baselineOf(picture, spec, "mean", 0);
    expect(hidden[0]).toBeCloseTo(16 / 192, 12);
    const patches = patchesOf(spec, 4, 4);
    const falls = patches.map((patch) => {
      const copy = picture.slice();
      hidePatch(copy, 0, hidden, spec, patch);
      return detector(picture) - detector(copy);
    });
    const heat = heatOf(patches, falls, spec);
    const inside = (pixel: number) => {
      const [x, y] = [pixel % 16, Math.floor(pixel / 16)];
      return x >= 8 && x < 12 && y >= 4 && y < 8;
    };
    // 48 elements drop from 1 to the mean of 1/12; elsewhere 48 dark ones rise to it, against the prediction.
    for (const [pixel, value] of heat.entries()) {
      expect(value).toBeCloseTo(inside(pixel) ? 48 * (11 / 12) : (48 * 0.1) / 12, 9);
    }
  });
}

test("preserves constant areas when blurring, and spreads a point evenly", () => {
  const spec = { width: 9, height: 9, channels: 1, layout: "NCHW" as const };
  expect(
    [...baselineOf(new Float64Array(81).fill(0.5), spec, "blur", 2)].every((value) => Math.abs(value - 0.5) < 1e-12),
  ).toBe(true);
  const point = new Float64Array(81);
  point[40] = 1;
  const spread = baselineOf(point, spec, "blur", 1);
  expect(spread[40]).toBeCloseTo((7 / 27) ** 2, 12);
  expect(spread[39]).toBeCloseTo(spread[41] as number, 12);
  expect(spread[31]).toBeCloseTo(spread[49] as number, 12);
  expect(spread.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});
