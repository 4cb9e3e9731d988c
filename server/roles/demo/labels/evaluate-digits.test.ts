import { expect, test } from "vitest";
import type { DecodeStep } from "#server/develop/registry/pipeline/steps.ts";
import { decode } from "#server/serve/pipeline/codec.ts";
import { readSamples } from "../recording.ts";
import { holdoutTable } from "./evaluate-digits.ts";

test("draws each digit so that decoding the picture returns its pixels", async () => {
  const samples = await readSamples("digits");
  const [head, ...rows] = holdoutTable(samples).trim().split("\n");
  expect(head).toBe("picture,ink,digit");
  expect(rows).toHaveLength(samples.length);
  expect(new Set(rows.map((row) => row.split(",")[1]))).toEqual(new Set(["thin", "medium", "thick"]));
  const step: DecodeStep = { step: "decode", maxPixels: 1_000, orient: true, background: [0, 0, 0] };
  for (const at of [0, 17, 499]) {
    const [picture = "", , digit] = rows[at]?.split(",") ?? [];
    expect(digit).toBe(samples[at]?.label);
    const { width, height, data } = await decode(Buffer.from(picture, "base64"), step, "picture");
    const pixels = samples[at]?.inputs[0]?.data.map((pixel) => Math.round(Number(pixel) * 255));
    const first = Array.from({ length: 64 }, (_, pixel) => data[(pixel * data.length) / 64]);
    expect({ width, height, first }).toEqual({ width: 8, height: 8, first: pixels });
  }
});
