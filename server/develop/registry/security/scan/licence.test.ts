import { expect, test } from "vitest";
import { isLicenceFile, licenceOfText } from "./licence.ts";

test("identifies a licence by its text, or else by its first line", () => {
  expect(licenceOfText("                Apache License\n          Version 2.0, January 2004\n")).toBe("Apache-2.0");
  expect(licenceOfText("MIT License\n\nPermission is hereby granted, free of charge, to any person")).toBe("MIT");
  expect(licenceOfText("SPDX-License-Identifier: BSD-3-Clause")).toBe("BSD-3-Clause");
  expect(licenceOfText("\n Acme model terms \nOnly on Mondays.")).toBe("Acme model terms");
  expect(licenceOfText(" \n")).toBeUndefined();
});

test("recognises licence files in the top folder only", () => {
  expect(["LICENSE", "licence.md", "COPYING", "LICENSE-2.0.txt"].every(isLicenceFile)).toBe(true);
  expect(["code/LICENSE", "licenses.py.txt.onnx2", "model.onnx"].some(isLicenceFile)).toBe(false);
});
