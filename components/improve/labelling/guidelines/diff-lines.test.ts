import { expect, test } from "vitest";
import { diffLines, foldSame, guidelineText } from "./diff-lines.ts";

const show = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${text}`);

test.each([
  ["a\nb\nc", "a\nb\nc", [" a", " b", " c"]],
  ["a\nb\nc", "a\nx\nc", [" a", "-b", "+x", " c"]],
  ["", "a", ["+a"]],
  ["a\nb", "b\na", ["-a", " b", "+a"]],
])("compares %j and %j", (before, after, expected) => {
  expect(show(before, after)).toEqual(expected);
});

test("leaves out what is far from a change", () => {
  const lines = diffLines("a\nb\nc\nd\ne", "a\nb\nc\nd\nx");
  expect(foldSame(lines).map((line) => line?.text ?? null)).toEqual([null, "d", "e", "x"]);
});

test("compares definitions of classes, of which one without a definition is as good as absent", () => {
  const one = { name: "1", definition: "one stroke", examples: [] };
  const text = guidelineText({
    text: "Label what you see.",
    classes: [one, { name: "2", definition: "", examples: [] }],
  });
  expect(text).toBe(guidelineText({ text: "Label what you see.", classes: [one] }));
  expect(text).toBe("Label what you see.\n1: one stroke");
});
