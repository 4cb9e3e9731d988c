import { expect, test } from "vitest";
import { requireAllowed } from "./require-allowed.ts";

const sha256 = "a".repeat(64);
const packages = new Set([sha256]);
const allowed = {
  command: ["python3", "train.py"],
  packageKey: sha256,
  parametersAs: "file" as const,
  environment: {},
};

test("allows files of a chosen package, and everything where nothing was chosen", () => {
  expect(() => requireAllowed(allowed, packages)).not.toThrow();
  expect(() =>
    requireAllowed(
      { ...allowed, command: ["rm", "-rf", "/"], packageKey: null, parametersAs: "arguments" as const },
      null,
    ),
  ).not.toThrow();
});

test.each([
  ["another package", { packageKey: "b".repeat(64) }],
  ["no package", { packageKey: null }],
  ["another program", { command: ["sh", "train.py"] }],
  ["code on the command line", { command: ["python3", "-c", "import os"] }],
  ["a module", { command: ["python3", "-mhttp.server"] }],
  ["a file elsewhere", { command: ["python3", "/tmp/a.py"] }],
  ["a folder above", { command: ["python3", "../a.py"] }],
  ["an option before its file", { command: ["python3", "-i", "train.py"] }],
  ["more after it", { command: ["python3", "train.py", "x"] }],
  ["parameters as arguments", { parametersAs: "arguments" as const }],
  ["nothing", { command: ["python3"] }],
  ["a line break", { command: ["python3", "train.py\n"] }],
  ["an environment that loads other code", { environment: { PYTHONPATH: "/tmp" } }],
])("refuses %s", (_, change) => {
  expect(() => requireAllowed({ ...allowed, ...change }, packages)).toThrow("LOCAL_TRAINING_PACKAGES");
});

test("refuses everything where the list is empty", () => {
  expect(() => requireAllowed(allowed, new Set())).toThrow("LOCAL_TRAINING_PACKAGES");
});
