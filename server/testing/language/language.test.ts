import { describe, expect, test } from "vitest";
import { findViolations } from "./find-violations.ts";
import { glossary, unchecked } from "./glossary.ts";
import { scan } from "./scan.ts";
import { readSources } from "./sources.ts";

const root = new URL("../../../", import.meta.url).pathname;

test("names and texts use the field's words", () => {
  const sources = readSources(root);
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

describe("the glossary", () => {
  const words = Object.values(glossary).flat();
  const problemsOf = (text: string, file = "components/a.tsx") =>
    findViolations([{ file, source: `const a = <p title=${JSON.stringify(text)} />;` }], []);

  test.each(words.map((each) => [each.word, each] as const))("refuses “%s” in its sense", (_, rule) => {
    expect(problemsOf(rule.sample)).toHaveLength(1);
    if (rule.accepts !== undefined) expect(problemsOf(rule.accepts)).toEqual([]);
    expect(rule.acceptsIn === undefined).toBe(rule.except === undefined);
    if (rule.acceptsIn !== undefined) expect(problemsOf(rule.sample, rule.acceptsIn)).toEqual([]);
  });

  test("names each word once, with a reason for those that are not checked", () => {
    const names = [...words.map(({ word }) => word), ...Object.keys(unchecked)];
    expect(new Set(names).size).toBe(names.length);
    for (const reason of Object.values(unchecked)) expect(reason.length).toBeGreaterThan(40);
  });

  test("is for texts that people read", () => {
    const find = (source: string) => findViolations([{ file: "server/a.ts", source }], []);
    expect(find('throw new DomainError("conflict", "The answer was refused.");')).toHaveLength(1);
    expect(find('if (state === "the answer") run("the-answer");')).toEqual([]);
    expect(find('log.warn("answer.refused", { cause });')).toEqual([]);
    expect(find(`const rows = await query(sql\`select the answer from tasks\`);`)).toEqual([]);
  });
});

describe("the scanner", () => {
  const textsOf = (source: string, file = "components/a.tsx") =>
    scan(file, source).texts.flatMap(({ value, isReadable }) => (isReadable ? [value] : []));

  test("keeps nested templates apart, and shows their expressions", () => {
    const { names, texts } = scan("a.ts", `const a = \`x \${{ b: \`y\${c}\` }.b}z\`;\nconst d = 1;`);
    expect(names.map(({ value }) => value)).toEqual(["a", "b", "c", "d"]);
    expect(texts.map(({ value }) => value)).toEqual([`x \${…}z`, `y\${c}`]);
  });

  test("joins the text of an element over its lines, its expressions and the elements in it", () => {
    expect(textsOf("const a = <p>\n  {count} of <b>{all} runs</b>\n  match.\n</p>;")).toEqual([
      `\${count} of <\${all} runs> match.`,
      `\${all} runs`,
    ]);
  });

  test.each([
    ['<Button title="Delete run" className="lw-small lw-muted" />', ["Delete run"]],
    ['const stateLabels = { running: "running", failed: "failed" };', ["running", "failed"]],
    ['throw new DomainError("not-found", "Run not found. See Experiments.");', ["Run not found. See Experiments."]],
    ['const a = z.string().describe("Run ID.");', ["Run ID."]],
    [`const a = isOpen ? \`\${count} open\` : "Nothing to do";`, [`\${count} open`, "Nothing to do"]],
    ['"use client";\nimport a from "a b";', []],
    ['const a = { className: "lw-small lw-muted", gridTemplateColumns: "1fr minmax(0, 2fr)" };', []],
    ['const a = fetch("/api/v1/runs", { headers: { "content-type": "application/json" } });', []],
    ["await query(`select id from runs where id = $1`);", []],
  ])("finds what people read in %s", (source, texts) => {
    expect(textsOf(source)).toEqual(texts);
  });
});
