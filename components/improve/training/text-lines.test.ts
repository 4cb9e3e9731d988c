import { expect, test } from "vitest";
import { linesOfTexts, readTexts } from "./text-lines.ts";

test("keeps texts with commas, quotes, spaces and line breaks", () => {
  const texts = ["wide, shallow", "nano", '"quoted"', " padded ", "two\nlines", "", '"'];
  expect(readTexts(linesOfTexts(texts))).toEqual(texts);
  expect(linesOfTexts(texts.slice(0, 2))).toBe("wide, shallow\nnano");
});

test("leaves out empty lines", () => {
  expect(readTexts("\n  \n a \n")).toEqual(["a"]);
});
