import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** These check rows for all others, or run what their callers wrote and typed. */
const seams = ["server/base/rows-of.ts", "server/develop/tracking/search/compile.ts", "db/prepared.ts"];

test("rows of a statement are checked where they come in, and never cast to a type that nobody has looked at", () => {
  const files = globSync(["server/**/*.{ts,tsx}", "app/**/*.{ts,tsx}", "db/**/*.ts"]).filter(
    (file) => !/\.test\.tsx?$/.test(file) && !file.startsWith("server/testing/") && !seams.includes(file),
  );
  expect(files.length).toBeGreaterThan(1000);
  expect(files.flatMap((file) => castsIn(readFileSync(file, "utf8")).map((line) => `${file}: ${line}`))).toEqual([]);
});

test("finds casts of rows, and neither names in SQL nor words in comments", () => {
  expect(castsIn("return rows as unknown as Row[];")).toHaveLength(1);
  expect(castsIn("(await db.execute(query)).rows as { id: string }[]")).toHaveLength(1);
  expect(castsIn("const [row] = (result.rows as Row[]);\nreturn rows[0] as Row;")).toHaveLength(2);
  expect(castsIn('select reference.rows as "referenceRows", batch_rows as rows')).toEqual([]);
  expect(castsIn("  /** As many rows as {@link max}. */\n  count: rows as number")).toEqual([]);
});

/** Lines that call rows something else. */
function castsIn(text: string): string[] {
  return text
    .split("\n")
    .filter(
      (line) => /\brows(?:\[0\])?\)? as (?:unknown\b|readonly\b|[A-Z{(])/.test(line) && !/^\s*(?:\*|\/[*/])/.test(line),
    );
}
