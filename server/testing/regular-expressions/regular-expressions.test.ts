import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findExpressions } from "./find-expressions.ts";
import { superLinear } from "./super-linear.ts";

const root = new URL("../../../", import.meta.url).pathname;
const folders = ["app", "components", "db", "server"];
const isProduct = (file: string) => /\.tsx?$/.test(file) && !/\.test\.|testing|^server\/testing\//.test(file);
/** Files that build an expression from a text, and why they may. */
const builders: Record<string, string> = {
  "components/develop/datasets/rule-draft.ts": "compiles what its user types, and matches nothing with it",
};

test("no regular expression of the product is found to take more than linear time", () => {
  const files = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
    )
    .filter(isProduct);
  const found = files.map((file) => findExpressions(file, readFileSync(join(root, file), "utf8")));
  const literals = found.flatMap((each) => each.literals);
  expect(literals.length).toBeGreaterThan(500);
  expect(literals.map(superLinear).filter((problem) => problem !== undefined)).toEqual([]);
  const built = found.flatMap((each) => each.built).map((place) => place.split(":")[0]);
  expect(built).toEqual(Object.keys(builders));
}, 60_000);

test.each([
  ["/([a-z]+):[ \\t]*([\\t\\x20-\\x7e]*?)[ \\t]*\\r\\n/y", "quadratic"],
  ["/^[+-]?(\\d+\\.?\\d*|\\.\\d+)$/", "quadratic"],
  ["/(a+)+$/", "exponential"],
  ["/\\s+$/", "quadratic"],
])("refuses %s", (literal, time) => {
  const { literals } = findExpressions("server/a.ts", `\nconst a = ${literal};`);
  const [problem] = literals.map(superLinear);
  expect(problem).toMatch(/^server\/a\.ts:2 /);
  expect(problem).toContain(`takes ${time} time`);
});

test.each(["/^[a-z]+$/", "/[ \\t]{0,20}x/", "/\\d+/g"])("accepts %s", (literal) => {
  expect(findExpressions("server/a.tsx", `const a = <b>{${literal}.test(c)}</b>;`).literals.map(superLinear)).toEqual([
    undefined,
  ]);
});

test("names the line at which an expression is built from a text", () => {
  expect(findExpressions("server/a.ts", "const a = 1;\nconst b = new RegExp(a);").built).toEqual(["server/a.ts:2"]);
});
