import { readdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Row } from "./report.ts";

/** A file of `labelling/rows`, which has the name of its row. */
interface RowFile {
  /** Measures the row, and what belongs to it. */
  measure(): Promise<Row[]>;
}

const folder = new URL("./labelling/rows/", import.meta.url);

/** Measures labelling against its peers: every row of `labelling/rows`, or `--only ROW`. @throws Error for a row that there is not */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
  const names = (await readdir(folder)).map((file) => file.replace(/\.ts$/, "")).sort();
  const wanted = values.only === undefined ? names : names.filter((name) => name === values.only);
  if (wanted.length === 0) throw new Error(`There is no row "${values.only}". Rows: ${names.join(", ")}.`);
  const rows: Row[] = [];
  for (const name of wanted) {
    const { measure } = (await import(new URL(`${name}.ts`, folder).href)) as RowFile;
    rows.push(...(await measure()));
  }
  return rows;
}
