import { expect, test } from "vitest";
import { EngineSettings } from "./contract.ts";

/** Messages of the fields that are wrong. */
function complaints(settings: unknown): Record<string, string> {
  const issues = EngineSettings.safeParse(settings).error?.issues ?? [];
  return Object.fromEntries(issues.map(({ path, message }) => [path.join("."), message]));
}

test("says what to enter where a field of an engine is missing", () => {
  expect(complaints({ kind: "ray" })).toEqual({
    address: "Enter the address of Ray’s dashboard, for example http://ray-head:8265.",
  });
  expect(complaints({ kind: "kubernetes" })).toEqual({ namespace: "Enter the namespace that jobs run in." });
  expect(complaints({ kind: "slurm", address: "slurm" })).toEqual({
    address: "Enter the address of slurmrestd, for example http://slurm:6820.",
    user: "Enter the user that jobs run as.",
    workingFolder: "Enter a folder that all machines of the cluster share.",
  });
});

test("says which numbers a field takes", () => {
  for (const wrong of [Number.NaN, 0, 1.5, 65]) {
    expect(complaints({ kind: "local", maxJobs: wrong })).toEqual({ maxJobs: "Enter a whole number from 1 to 64." });
  }
  expect(complaints({ kind: "local", cores: Number.NaN, hours: 10_001 })).toEqual({
    cores: "Enter a number above 0, up to 10,000.",
    hours: "Enter a number above 0, up to 10,000.",
  });
});

test("accepts an engine with its required fields alone", () => {
  const settings = EngineSettings.parse({ kind: "kubernetes", namespace: "training" });
  expect(settings).toMatchObject({ maxJobs: 16, runtime: "", queue: "" });
});
