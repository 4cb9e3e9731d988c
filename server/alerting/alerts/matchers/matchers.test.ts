import { expect, test } from "vitest";
import type { Matcher } from "./contract.ts";
import { goQuote, goUnquote } from "./go-quote.ts";
import { matches, matchesAll } from "./matches.ts";
import { parseMatcher, parseMatchers } from "./parse-matchers.ts";
import { areSameMatchers, printMatchers } from "./print-matchers.ts";

const equal = (name: string, value: string): Matcher => ({ name, value, isRegex: false, isEqual: true });

test.each<[string, Partial<Matcher>]>([
  ["severity=page", { name: "severity", value: "page", isRegex: false, isEqual: true }],
  ['severity != "page"', { value: "page", isRegex: false, isEqual: false }],
  ["instance=~http://.*:9090", { value: "http://.*:9090", isRegex: true, isEqual: true }],
  ['a!~"x|y"', { value: "x|y", isRegex: true, isEqual: false }],
  [String.raw`a="say \"hi\"\n\u00e9\x21"`, { value: 'say "hi"\né!' }],
  ['{"odd name"="x"}', { name: "odd name", value: "x" }],
  ['a=""', { value: "" }],
  ["modèle=α", { name: "modèle", value: "α" }],
])("parses %s", (text, expected) => {
  expect(parseMatcher(text)).toMatchObject(expected);
});

test.each([
  "",
  "severity",
  "=x",
  "a=b=c",
  "{a=b",
  "a=b}",
  "a=",
  "a='x'",
  'a="\\q"',
  "a=b c=d",
  'a=~"("',
  'a=~"(?=x)"',
  "a,b",
])("rejects %s with a reason", (text) => {
  expect(() => parseMatcher(text)).toThrow(/matcher|Invalid regular expression/);
});

test("accepts a trailing comma in a list, and prints it sorted without spaces", () => {
  const list = parseMatchers('{ b=~"y" , a="x", a!="z", }');
  expect(printMatchers(list)).toBe('{a="x",a!="z",b=~"y"}');
  expect(parseMatchers(printMatchers(list))).toHaveLength(3);
  expect(parseMatchers("{}")).toEqual([]);
  expect(areSameMatchers(list, [...list].reverse())).toBe(true);
  expect(areSameMatchers(list, list.slice(1))).toBe(false);
});

test("matches the complete value, and treats a missing label as empty", () => {
  const labels = { service: "churn-v2", toString: "x" };
  expect(matches(parseMatcher("service=~churn"), labels)).toBe(false);
  expect(matches(parseMatcher("service=~churn|churn-v2"), labels)).toBe(true);
  expect(matches(parseMatcher('team=""'), labels)).toBe(true);
  expect(matches(parseMatcher("team!=ml"), labels)).toBe(true);
  expect(matches(parseMatcher('team=~".+"'), labels)).toBe(false);
  expect(matches(parseMatcher('constructor=""'), labels)).toBe(true);
  expect(matchesAll([equal("service", "churn-v2"), equal("team", "x")], labels)).toBe(false);
});

test("round-trips strings through Go quoting", () => {
  for (const text of ["plain", 'a"b\\c', "tab\t\x01", "é😀", "\u200b"])
    expect(goUnquote(goQuote(text).slice(1, -1))).toBe(text);
  expect(goQuote("\x01\u200b")).toBe(String.raw`"\x01\u200b"`);
});
