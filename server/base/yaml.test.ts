import { expect, it } from "vitest";
import { limits } from "./limits.ts";
import { parseYaml, parseYamlDocuments, printYaml, YamlProblem } from "./yaml.ts";

it("parses what it prints, and several documents", () => {
  const value = { name: "a: b", list: [1, null, true, "yes"], nested: { text: "two\nlines" } };
  expect(parseYaml(printYaml(value))).toEqual(value);
  expect(parseYamlDocuments("a: 1\n---\nb: 2\n")).toEqual([{ a: 1 }, { b: 2 }]);
  expect([parseYaml(""), parseYaml("\n ")]).toEqual([undefined, undefined]);
});

it("names the line of a mistake", () => {
  expect(() => parseYaml("a: 1\nb: [2\nc: 3\n")).toThrow(
    expect.objectContaining({ line: expect.toSatisfy((line) => line > 1) }),
  );
});

it.each([
  ["nested lists", "[".repeat(60_000)],
  ["nested mappings", "{a: ".repeat(15_000)],
  ["nested sequences", "- ".repeat(30_000)],
  ["aliases", `a: &a [x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: *a\n`).join("")}`],
  ["a large file", "a".repeat(limits.yamlLength + 1)],
])("rejects %s without delay", (_name, text) => {
  const startedAt = performance.now();
  expect(() => parseYaml(text)).toThrow(YamlProblem);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
