import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Picture } from "./picture.ts";
import { resample } from "./resample.ts";
import { resize } from "./resize.ts";

function picture(width: number, height: number, pixel: (x: number, y: number, channel: number) => number): Picture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const index = Math.floor(at / 3);
    return pixel(index % width, Math.floor(index / width), at % 3) % 256;
  });
  return { width, height, channels: 3, data, planes: false };
}

const small = picture(7, 5, (x, y, c) => x * 37 + y * 101 + c * 59);
const sha = (data: Picture["data"]) => createHash("sha256").update(data).digest("hex");

// Generated with Pillow 13.0.0: Image.fromarray(…, "RGB").resize((3, 2), …) and .resize((9, 8), …).
test.each([
  {
    kernel: "nearest" as const,
    largeSha: "638da654d5d3cc1b",
    smaller: [138, 197, 0, 212, 15, 74, 30, 89, 148, 84, 143, 202, 158, 217, 20, 232, 35, 94],
  },
  {
    kernel: "box" as const,
    largeSha: "638da654d5d3cc1b",
    smaller: [120, 94, 110, 127, 129, 131, 134, 151, 124, 117, 176, 107, 123, 140, 113, 110, 105, 164],
  },
  {
    kernel: "bilinear" as const,
    largeSha: "7ac1d73d855c18aa",
    smaller: [109, 122, 114, 139, 126, 123, 135, 137, 121, 136, 132, 120, 115, 138, 121, 121, 132, 148],
  },
  {
    kernel: "bicubic" as const,
    largeSha: "89cf5c0f385863a6",
    smaller: [103, 117, 117, 142, 131, 124, 139, 138, 117, 141, 132, 116, 113, 136, 122, 117, 134, 152],
  },
  {
    kernel: "lanczos" as const,
    largeSha: "9d02d8ef4ed7fef5",
    smaller: [99, 112, 120, 143, 137, 124, 143, 137, 115, 145, 131, 112, 115, 133, 123, 113, 135, 156],
  },
])("resizes with $kernel to the same pixels as Pillow, smaller and larger", ({ kernel, smaller, largeSha }) => {
  expect([...resample(small, 3, 2, kernel).data]).toEqual(smaller);
  expect(sha(resample(small, 9, 8, kernel).data).slice(0, 16)).toBe(largeSha);
});

test("resizes a photograph to 224 by 224 pixels, bit-identical to Pillow", () => {
  const photo = picture(640, 427, (x, y, c) => x * x * 3 + y * 7 * c + x * y);
  const digest = "7df3d7c01dfa88cafebf3444224caaacd3fbea9b7a89835b465daccd21ed8362";
  expect(sha(resample(photo, 224, 224, "bilinear").data)).toBe(digest);
});

const step = { step: "resize" as const, kernel: "nearest" as const, background: [9, 8, 7] as [number, number, number] };
const sizeOf = ({ width, height }: Picture) => [width, height];

test.each([
  ["fill" as const, [6, 4]],
  ["cover" as const, [6, 4]],
  ["contain" as const, [6, 4]],
  ["inside" as const, [5, 4]],
  ["outside" as const, [6, 4]],
])("resizes with fit %s from 7 by 5 into 6 by 4", (fit, size) => {
  expect(sizeOf(resize(small, { ...step, fit, width: 6, height: 4 }, 1e6, "x"))).toEqual(size);
});

test("resizes the shorter side with fit outside, like torchvision's Resize with one number", () => {
  const wide = picture(500, 375, () => 0);
  expect(sizeOf(resize(wide, { ...step, fit: "outside", width: 256, height: 256 }, 1e6, "x"))).toEqual([341, 256]);
});

test("fills the border with the background for fit contain", () => {
  const framed = resize(small, { ...step, fit: "contain", width: 7, height: 7 }, 1e6, "x");
  expect([...framed.data.slice(0, 6)]).toEqual([9, 8, 7, 9, 8, 7]);
  expect([...framed.data.slice(21, 24)]).toEqual([...small.data.slice(0, 3)]);
});

test("rejects a one-pixel line that would become a huge image before resizing it", () => {
  const line = picture(5000, 1, () => 0);
  const input = { ...step, fit: "outside" as const, width: 256, height: 256 };
  expect(() => resize(line, input, 25_000_000, "input 'picture', file 0")).toThrow(
    "input 'picture', file 0, step resize: expected at most 25000000 pixels, got 1280000 × 256",
  );
});
