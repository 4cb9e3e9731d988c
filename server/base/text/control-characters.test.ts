import { expect, test } from "vitest";
import { z } from "zod";
import { noControlCharacters, withoutControlCharacters } from "./control-characters.ts";

const Name = z.string().trim().max(20).check(noControlCharacters);

test.each([
  "churn",
  "größe/日本 v1.2",
  "נטישה",
  "ماژول\u200cها",
  "👩\u200d🔬 lab",
  "right-to-left mark\u200f",
  "\n trimmed \t",
])("accepts %j", (name) => {
  expect(Name.parse(name)).toBe(name.trim());
});

test.each([
  ["a null", "a\u0000b"],
  ["a line feed", "a\nb"],
  ["a tab", "a\tb"],
  ["an escape", "a\u001b[31mb"],
  ["a delete", "a\u007fb"],
  ["a next line (C1)", "a\u0085b"],
  ["the last of C1", "a\u009fb"],
  ["a left-to-right embedding", "a\u202ab"],
  ["a right-to-left override", "a\u202eb"],
  ["a left-to-right isolate", "a\u2066b"],
  ["a pop of an isolate", "a\u2069b"],
  ["a high surrogate alone", "a\ud83db"],
  ["a low surrogate alone", "a\ude00"],
])("rejects %s, and can remove it", (_what, name) => {
  const { error } = Name.safeParse(name);
  expect(error?.issues.map(({ message }) => message)).toEqual(["Remove control characters from the name."]);
  expect(Name.safeParse(withoutControlCharacters(name)).success).toBe(true);
});

test("leaves the limit of the schema, and removes nothing else", () => {
  expect(Name.safeParse("x".repeat(2 ** 20)).success).toBe(false);
  expect(withoutControlCharacters(" \u202efdp.\u202c exe\n😀 ")).toBe(" fdp. exe😀 ");
});
