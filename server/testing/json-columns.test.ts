import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const files = globSync("db/schema/*.ts").map((file) => ({ file, text: readFileSync(file, "utf8") }));
const columns = files.flatMap(({ file, text }) =>
  text.split("\n").flatMap((line) => (/\bjsonb\(/.test(line) ? [{ file, line: line.trim() }] : [])),
);

test("every JSON column says its type", () => {
  expect(columns.length).toBeGreaterThan(100);
  expect(columns.filter(({ line }) => !/^\w+: jsonb\(\)\.\$type<.+>\(\)/.test(line))).toEqual([]);
});

test("a column whose type a domain declares names its own entry, and each entry is of one column and one floor", () => {
  const named = columns.flatMap(({ line }) => {
    const [, column, key] = /^(\w+): jsonb\(\)\.\$type<JsonColumns\["([^"]+)"\]>/.exec(line) ?? [];
    return key === undefined ? [] : [{ column, key }];
  });
  expect(named.filter(({ column, key }) => !key.endsWith(`.${column}`))).toEqual([]);
  const declared = globSync("server/*/stored/json-columns.ts").flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^ {4}"([^"]+)":/gm)].map(([, key]) => key),
  );
  expect(declared.toSorted()).toEqual(named.map(({ key }) => key).toSorted());
});
