import { expect, test } from "vitest";
import { pythonFindings } from "./python-code.ts";

const findingsOf = (code: string) => pythonFindings("m.py", code).map(({ severity, words }) => `${severity}: ${words}`);

test("finds calls by the resolved name", () => {
  expect(findingsOf("import os\nos.system('x')")).toEqual(["dangerous: This code calls os.system."]);
  expect(findingsOf("import os as o\no . system('x')")).toEqual(["dangerous: This code calls os.system."]);
  expect(findingsOf("from os import (system as s,\n  path)\nif x: s('y')")).toEqual([
    "dangerous: This code calls os.system.",
  ]);
  expect(findingsOf("from subprocess import *\nrun(['x'])")).toEqual(["dangerous: This code calls subprocess.run."]);
  expect(findingsOf("x = eval('1'); __import__('os')")).toEqual(["dangerous: This code calls eval, __import__."]);
});

test("reports imports alone as warnings", () => {
  expect(findingsOf("import socket, json")).toEqual(["warning: This code imports socket."]);
});

test("ignores comments, strings, methods and unrelated names", () => {
  expect(findingsOf("# os.system('x')\nx = 'eval(1)'\ny = \"\"\"\nimport socket\nexec('x')\n\"\"\"\n")).toEqual([]);
  expect(findingsOf("model.eval()\nre.compile('x')\ndef evaluate(x): return my.system(x)")).toEqual([]);
});
