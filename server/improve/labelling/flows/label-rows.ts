import { rowKey } from "../sources/row-key.ts";
import type { ExportedTask } from "./export-queries.ts";
import { labelText } from "./label-text.ts";

/** A row of a dataset of labels: what the task shows, then what people agreed on. */
export type LabelRow = Record<string, string | number | boolean | null>;

/** Columns of the label itself. A shown column of the same name is "shown_…". */
const own = [
  "label",
  "label_posterior",
  "label_people",
  "label_guideline",
  "label_selection",
  "label_project",
  "label_item",
];

/** Makes the row of a settled task: columns of rows side by side, texts as they are, pictures by their artifact, everything else as JSON. */
export function labelRow(
  { data, meta, value, posterior, people, guideline, selection, item }: ExportedTask,
  projectId: number,
): LabelRow {
  const row: LabelRow = {};
  const add = (name: string, cell: unknown) => {
    row[own.includes(name) ? `shown_${name}` : name] = cellOf(cell);
  };
  if (isRow(meta?.inputs)) for (const [column, cell] of Object.entries(meta.inputs)) add(column, cell);
  for (const [field, shown] of Object.entries(data)) {
    if (isRow(shown)) for (const [column, cell] of Object.entries(shown)) add(column, cell);
    else if (isFile(shown)) add(field, shown.artifact);
    else add(field, shown);
  }
  return {
    ...row,
    label: value.kind === "number" ? value.number : value.kind === "ordinal" ? value.rating : labelText(value),
    label_posterior: posterior,
    label_people: people,
    label_guideline: guideline,
    label_selection: selection,
    label_project: projectId,
    label_item: item,
  };
}

/**
 * Keys by which a task's item is found in frozen sets: its own, that of its request, which is one in all projects, and those of the rows that it
 * shows. Items are numbered from the start in many imports, so that one is known by its project too.
 */
export function keysOf(task: Pick<ExportedTask, "item" | "requestId" | "data" | "meta">, projectId: number): string[] {
  const request = task.requestId === null ? [] : [requestKey(task.requestId)];
  return [itemKey(String(projectId), task.item), itemKey(null, task.item), ...request, ...shownRows(task).map(rowKey)];
}

/** Keys of an item in a file. @param project id of its project; null where the file does not say it, so that items of every project may be it */
export function itemKeysOf(project: string | null, item: string): string[] {
  return [itemKey(project, item), requestKey(item)];
}

const itemKey = (project: string | null, item: string) => `item ${project ?? "*"} ${item}`;
const requestKey = (id: string) => `request ${id}`;

/** Rows that a task shows, and the inputs of a request that shows a picture or a text of them. */
export function shownRows({ data, meta }: Pick<ExportedTask, "data" | "meta">): Record<string, unknown>[] {
  return [...Object.values(data), meta?.inputs].filter(isRow);
}

function isRow(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !isFile(value);
}

function isFile(value: unknown): value is { artifact: string } {
  return value !== null && typeof value === "object" && "artifact" in value && typeof value.artifact === "string";
}

function cellOf(value: unknown): LabelRow[string] {
  if (value === null || value === undefined) return null;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : JSON.stringify(value);
}
