import {
  type Element,
  type InputSpec,
  type InputValue,
  readElement,
  type Values,
} from "#components/serve/tensors/elements.ts";
import type { Field } from "#components/serve/tensors/fields.ts";
import { maxBatchItems } from "#server/serve/playground/constants.ts";
import { toRequest } from "../request.ts";
import { type BatchSource, type ItemSource, tooMany } from "./batch-items.ts";

/** Cells as text: a column by its name, undefined where a cell is empty. */
interface Table {
  columns: string[];
  rows: Record<string, string | undefined>[];
}

const maxBytes = 20_000_000;

/**
 * Reads the rows of a CSV or Parquet file. The columns are the inputs: one of the same name, or "name[0]", "name[1]" and so on for
 * an input with several elements. Inputs without a column keep the values of the form.
 */
export async function itemsOfTable(
  file: File,
  specs: readonly InputSpec[],
  fields: readonly Field[],
  values: Values,
): Promise<BatchSource | { problem: string }> {
  if (file.size > maxBytes) return { problem: `${file.name} is larger than 20\u00a0MB.` };
  const table = await readTable(file).catch((cause: unknown) => ({ problem: wordsOf(file, cause) }));
  if ("problem" in table) return table;
  const { columns, rows } = table;
  if (rows.length === 0) return { problem: `${file.name} contains no rows.` };
  if (rows.length > maxBatchItems) return { problem: tooMany(rows.length, "rows") };
  const used = fields.filter((field) => namesOf(field).some((name) => columns.includes(name)));
  if (used.length === 0) {
    const wanted = fields.flatMap(namesOf).slice(0, 5).join(", ");
    return {
      problem: `${file.name} has no column that matches an input. The header must contain input names, such as ${wanted}.`,
    };
  }
  const items = rows.map(
    (row, at): ItemSource => ({
      name: `row ${at + 1}`,
      read: async () => {
        const read = readRow(row, used);
        return "problem" in read ? read : { inputs: toRequest(specs, { ...values, ...read.values }).inputs };
      },
    }),
  );
  return { name: file.name, items };
}

/** Returns the columns of an input, in the order of its elements. */
function namesOf(field: Field): string[] {
  const count = field.shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  if (field.kind === "list" && field.shape.includes(null)) return [];
  return count === 1 ? [field.name] : Array.from({ length: count }, (_, at) => `${field.name}[${at}]`);
}

/** Reads the inputs of one row, or reports the invalid cell. */
function readRow(
  row: Record<string, string | undefined>,
  fields: readonly Field[],
): { values: Values } | { problem: string } {
  const values: Record<string, InputValue> = {};
  for (const field of fields) {
    const data: Element[] = [];
    for (const name of namesOf(field)) {
      const text = row[name];
      if (text === undefined) return { problem: `${name} is missing.` };
      const read = readElement(field.datatype, text);
      if ("problem" in read) return { problem: `${name}, "${text.slice(0, 40)}": ${read.problem}` };
      data.push(read.element);
    }
    values[field.name] = { shape: field.shape.map((size) => size ?? 1), data };
  }
  return { values };
}

async function readTable(file: File): Promise<Table> {
  if (/\.parquet$/i.test(file.name)) {
    const [{ parquetReadObjects }, { compressors }] = await Promise.all([
      import("hyparquet"),
      import("hyparquet-compressors"),
    ]);
    const buffer = await file.arrayBuffer();
    const rows = await parquetReadObjects({ file: buffer, compressors, rowEnd: maxBatchItems + 1 });
    const asText = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, textOf(cell)])),
    );
    return { columns: Object.keys(asText[0] ?? {}), rows: asText };
  }
  const { parse } = await import("csv-parse/browser/esm/sync");
  const lines = parse(await file.text(), { bom: true, skip_empty_lines: true, to: maxBatchItems + 2 }) as string[][];
  const [columns = [], ...rest] = lines;
  const rows = rest.map((cells) =>
    Object.fromEntries(columns.map((name, at) => [name, cells[at] === "" ? undefined : cells[at]])),
  );
  return { columns, rows };
}

function textOf(cell: unknown): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

function wordsOf(file: File, cause: unknown): string {
  const why = cause instanceof Error ? cause.message : String(cause);
  return `Could not read ${file.name} as a table: ${why}`;
}
