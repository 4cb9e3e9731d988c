import { expect, test } from "vitest";
import { pythonFindings } from "./python-code.ts";

const findingsOf = (code: string) => pythonFindings("m.py", code).map(({ severity, words }) => `${severity}: ${words}`);

test("calls are found by what a name stands for", () => {
  expect(findingsOf("import os\nos.system('x')")).toEqual(["dangerous: This code calls os.system."]);
  expect(findingsOf("import os as o\no . system('x')")).toEqual(["dangerous: This code calls os.system."]);
  expect(findingsOf("from os import (system as s,\n  path)\nif x: s('y')")).toEqual([
    "dangerous: This code calls os.system.",
  ]);
  expect(findingsOf("from subprocess import *\nrun(['x'])")).toEqual(["dangerous: This code calls subprocess.run."]);
  expect(findingsOf("x = eval('1'); __import__('os')")).toEqual(["dangerous: This code calls eval, __import__."]);
});

test("imports alone are warnings", () => {
  expect(findingsOf("import socket, json")).toEqual(["warning: This code imports socket."]);
});

test("comments, texts, methods and other people's names are none", () => {
  expect(findingsOf("# os.system('x')\nx = 'eval(1)'\ny = \"\"\"\nimport socket\nexec('x')\n\"\"\"\n")).toEqual([]);
  expect(findingsOf("model.eval()\nre.compile('x')\ndef evaluate(x): return my.system(x)")).toEqual([]);
});
