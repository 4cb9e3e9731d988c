import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { demoFile, demoNames, readRecording, readSamples } from "./recording.ts";

test.each(demoNames)("%s: has every recorded file, and a run for every version", async (demo) => {
  const { runs, versions } = await readRecording(demo);
  const files = [
    ...runs.flatMap(({ artifacts }) => artifacts.map(({ file }) => file)),
    ...versions.map(({ file }) => file),
  ];
  expect(files.filter((file) => !existsSync(demoFile(demo, file)))).toEqual([]);
  const names = runs.map(({ name }) => name);
  expect(versions.filter(({ runName }) => !names.includes(runName))).toEqual([]);
});

test("has at least twelve digits runs of two architectures, and one that ends in NaN", async () => {
  const { runs } = await readRecording("digits");
  expect(runs.length).toBeGreaterThanOrEqual(12);
  expect(new Set(runs.map(({ params }) => params.architecture)).size).toBeGreaterThanOrEqual(2);
  const diverged = runs.filter(({ metrics }) =>
    metrics.some(({ points }) => points.some(([, value]) => value === "NaN")),
  );
  expect(diverged.map(({ status }) => status)).toEqual(["FAILED"]);
});

test("has for each digit one image of values from 0 to 1 with its label", async () => {
  const samples = await readSamples("digits");
  expect(samples).toHaveLength(500);
  for (const { inputs, label } of samples) {
    expect(label).toMatch(/^\d$/);
    expect(inputs).toHaveLength(1);
    expect(inputs[0]?.shape).toEqual([1, 1, 8, 8]);
    expect(inputs[0]?.data).toHaveLength(64);
    expect(inputs[0]?.data.every((value) => Number(value) >= 0 && Number(value) <= 1)).toBe(true);
  }
});

test("has for each flight ten inputs of one value each, two of them text", async () => {
  const samples = await readSamples("flight-delay");
  expect(samples).toHaveLength(4500);
  const datatypes = samples[0]?.inputs.map(({ datatype }) => datatype) ?? [];
  expect(datatypes).toHaveLength(10);
  expect(datatypes.filter((datatype) => datatype === "BYTES")).toHaveLength(2);
  expect(new Set(samples.map(({ label }) => label))).toEqual(new Set(["on time", "delayed"]));
});
