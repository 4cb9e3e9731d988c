import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findViolations } from "./find-violations.ts";
import { scan } from "./scan.ts";

const root = new URL("../../../", import.meta.url).pathname;
const folders = ["app", "components", "db", "e2e", "server"];
/** The rules name what they refuse, and so does the test of the migration that renames it. */
const exempt = ["server/testing/language/", "db/migrations/", "db/rename-to-field-words.db.test.ts"];

test("names and texts use the field's words", () => {
  const sources = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
    )
    .filter((file) => /\.tsx?$/.test(file) && !exempt.some((path) => file.startsWith(path)))
    .map((file) => ({ file, source: readFileSync(join(root, file), "utf8") }));
  expect(sources.length).toBeGreaterThan(4000);
  expect(findViolations(sources)).toEqual([]);
});

describe("the check", () => {
  const find = (source: string, file = "server/a.ts") => findViolations([{ file, source }], []);

  test.each([
    ["const mostRows = 5;", "server/a.ts:1 `mostRows`: use maxRows."],
    ["function f(fewestRows: number) {}", "server/a.ts:1 `fewestRows`: use minRows."],
    ["export const rangeWords = 1;", "server/a.ts:1 `rangeWords`: use describe…, format… or a map of …Labels."],
    ["\nconst { isTold } = row;", "server/a.ts:2 `isTold`: use notified, reported, or a noun."],
    ["function forgetRuns() {}", "server/a.ts:1 `forgetRuns`: use delete, deleteExpired or evict."],
    [`const a = \`\${wish.name}\`;`, "server/a.ts:1 `wish`: use input, query, request or values."],
    ['throw new Error("Somebody changed it.");', 'server/a.ts:1 "Somebody": write someone, you, or the role.'],
    [`const text = \`\${name} is told\`;`, 'server/a.ts:1 "is told": write is notified.'],
  ])("refuses %s", (source, problem) => {
    expect(find(source)).toEqual([problem]);
  });

  test("reads the text between elements, and no name in it", () => {
    expect(find("const a = <b>{x} begun, then\n  switched off</b>;", "components/a.tsx")).toEqual([
      'components/a.tsx:1 "switched off": write enable, disable.',
    ]);
  });

  test.each([
    "// Whoever is told\nconst most = 1;",
    "const foretold = crosswords;",
    'import { a } from "./told.ts";',
    "const isRight = /wish(ed)?/.test(b) && 4 / rows.length;",
    `const maxRows = \`\${\`{\${a}}\`}\`;`,
  ])("accepts %s", (source) => {
    expect(find(source)).toEqual([]);
  });

  test("leaves titles of tests alone, but no names in them", () => {
    expect(find('test("is told", () => { const wish = 1; });', "server/a.test.ts")).toHaveLength(1);
  });

  test("names an exception that nothing needs", () => {
    const allowed = [{ value: "toldAt", under: "server/a", reason: "a field of the API" }];
    expect(findViolations([{ file: "server/a.ts", source: "row.toldAt" }], allowed)).toEqual([]);
    expect(findViolations([{ file: "server/b.ts", source: "row.toldAt" }], allowed)).toHaveLength(2);
  });
});

test("the scanner keeps nested templates apart", () => {
  const { names, texts } = scan("a.ts", `const a = \`x\${{ b: \`y\${c}\` }.b}z\`;\nconst d = 1;`);
  expect(names.map(({ value }) => value)).toEqual(["const", "a", "b", "c", "d"]);
  expect(texts.map(({ value }) => value)).toEqual([`\`x\${`, `\`y\${`, "}`", "}z`"]);
});
