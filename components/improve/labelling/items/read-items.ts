import { plural } from "#components/ui/format.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { ShownObject } from "#server/improve/labelling/contract.ts";
import type { NewTask } from "#server/improve/labelling/tasks/contract.ts";

/** Items of one file; more are imported by the API. */
export const maxItems = 10_000;

type Row = Record<string, unknown>;
type Read = { items: NewTask[] } | { problem: string };

/**
 * Reads the items of a JSON file: a list of objects, or one object a line. Label Studio's tasks hold theirs under "data".
 * @param name of the file: with their place in it and their content, items have an id, so that the same file adds nothing twice, and another
 *   one of the same name adds its own
 */
export function readJsonItems(text: string, name: string, shown: readonly ShownObject[]): Read {
  const rows = parseRows(text);
  return "problem" in rows ? rows : toItems(rows.rows, name, shown);
}

/** Makes items of the rows of a table. */
export function toItems(rows: readonly unknown[], name: string, shown: readonly ShownObject[]): Read {
  if (rows.length === 0) return { problem: `${name} contains no items.` };
  if (rows.length > maxItems) {
    return { problem: `At most ${plural(maxItems, "item")} per file; got ${plural(rows.length, "item")}.` };
  }
  const items: NewTask[] = [];
  for (const [at, row] of rows.entries()) {
    if (!isRow(row)) return { problem: `Item ${at + 1} is not an object of fields.` };
    const data = isRow(row.data) ? row.data : row;
    // The fields of a row may also be those of the item itself.
    const missing = shown.find(({ kind, field }) => kind !== "row" && fieldOf(data, field) === undefined);
    if (missing) return { problem: `Item ${at + 1} has no field “${missing.field}”, which the project shows.` };
    if (isFilled(row.annotations) || isFilled(row.predictions)) {
      return {
        problem: `Item ${at + 1} has annotations or predictions. Import it with the API to keep them.`,
      };
    }
    items.push({ item: `${name}#${at + 1} ${hash(JSON.stringify(data))}`.slice(-500), data });
  }
  return { items };
}

/** Whether a task of Label Studio brings more than its data. */
function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** FNV-1a of 32 bits, in hexadecimal: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, "0");
}

function parseRows(text: string): { rows: unknown[] } | { problem: string } {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) {
    const rows = parse(trimmed);
    return Array.isArray(rows) ? { rows } : { problem: "The file is not valid JSON." };
  }
  const rows: unknown[] = [];
  for (const [at, line] of trimmed.split("\n").entries()) {
    if (line.trim() === "") continue;
    const row = parse(line);
    if (row === undefined) return { problem: `Line ${at + 1} is not valid JSON.` };
    rows.push(row);
  }
  return { rows };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
