import { expect, test } from "vitest";
import { importedName, newName } from "./names.ts";

test("accepts 500 characters of any script, counted as characters", () => {
  const name = `日本-${"😀".repeat(497)}`;
  expect(newName("name").parse(name)).toBe(name);
});

test.each([
  ["x".repeat(501), "'run_name' exceeds the maximum length of 500 characters"],
  ["a\u202eb", "Remove control characters from the name."],
])("rejects %j in a new name, and makes an imported one acceptable", (name, message) => {
  expect(newName("run_name").safeParse(name).error?.issues).toMatchObject([{ message }]);
  expect(newName("run_name").safeParse(importedName(name)).success).toBe(true);
});

test("leaves an imported name that is acceptable unchanged", () => {
  expect(importedName(" swift-lynx-42 ")).toBe(" swift-lynx-42 ");
});
