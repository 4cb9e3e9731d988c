import { expect, test } from "vitest";
import { readItems } from "./read-items.ts";

const read = (text: string, format: "json" | "jsonl" | "csv" | "tsv") => readItems(Buffer.from(text), format);

test("reads a list, one object, lines and rows", async () => {
  const items = [{ a: 'x, "]}' }, { b: [1, { c: "\\" }] }, 7, null, "é"];
  expect(await read(` \n${JSON.stringify(items, undefined, 2)} `, "json")).toEqual(items);
  expect(await read("\uFEFF[]", "json")).toEqual([]);
  expect(await read('{"a": 1}', "json")).toEqual([{ a: 1 }]);
  expect(await read('{"a": 1}\n\n[2]\r\n"x"', "jsonl")).toEqual([{ a: 1 }, [2], "x"]);
  const rows = [
    { id: "007", text: 'a "b"\nc' },
    { id: "8", text: "" },
  ];
  expect(await read('id,text\r\n007,"a ""b""\nc"\r\n8,\r\n', "csv")).toEqual(rows);
  expect(await read('\uFEFFid\ttext\n007\t"a ""b""\nc"\n8\t\n', "tsv")).toEqual(rows);
});

test.each([
  ["[1, 2", "json", /not complete JSON/],
  ["[1] 2", "json", /not complete JSON/],
  ["[1, }, 2]", "json", /JSON parse error/],
  ["[1,,2]", "json", /JSON parse error at item 1/],
  ['[{"a": 1}, {"a": x}]', "json", /JSON parse error at item 1/],
  ["{", "json", /JSON parse error at item 0/],
  ["", "json", /JSON parse error/],
  [`[${"[".repeat(200)}${"]".repeat(200)}]`, "json", /levels deep/],
  ['{"a": 1}\n{', "jsonl", /JSON parse error at item 1/],
  ["a,b\n1,2\n1,2,3\n", "csv", /Error at item 1/],
  ["a,\n1,2\n", "csv", /Column 2 of the first line has no name/],
  ["a,a\n1,2\n", "csv", /column "a" twice/],
] as const)("refuses %j as %s", async (text, format, message) => {
  await expect(read(text, format)).rejects.toThrow(message);
});

test("refuses more tasks than an import takes, and bytes that are no text", async () => {
  await expect(read(`[${"1,".repeat(10_000)}1]`, "json")).rejects.toThrow(/takes 10,000 tasks/);
  await expect(readItems(Buffer.from([0x5b, 0xff, 0x5d]), "json")).rejects.toThrow(/UTF-8/);
});

test("reads megabytes in turns, without holding up others", async () => {
  const text = JSON.stringify(Array.from({ length: 5_000 }, (_, index) => ({ text: "x".repeat(2_000), index })));
  let longest = 0;
  let last = performance.now();
  const clock = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  expect(await read(text, "json")).toHaveLength(5_000);
  clearInterval(clock);
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(500);
});
