import type { AnswerControl, ControlRegion } from "../../contract.ts";
import { regionsOfControl } from "../../regions/regions-of-control.ts";
import type { ExportedLabel, ExportedProject, ExportedTask, TaskPages } from "./exported-task.ts";

/** Writes one object for each annotation: what was shown, and a field for each control (Label Studio's JSON_MIN). */
export async function* writeJsonMin(pages: TaskPages, project: ExportedProject): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const page of pages) {
    const rows = page.flatMap((task) => rowsOf(task).map((label) => JSON.stringify(minimal(task, label, project))));
    if (rows.length === 0) continue;
    yield separator + rows.join(",\n");
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]" : "\n]";
}

/**
 * Writes one line for each annotation (Label Studio's CSV and TSV): columns in alphabetical order, all texts in quotation marks, lines that end
 * with CR and LF. Values are what annotators see, not marked for spreadsheets, since programs train on them.
 */
export async function* writeTable(
  pages: TaskPages,
  project: ExportedProject,
  separator: "," | "\t",
): AsyncGenerator<string> {
  const taken = new Set([...project.config.controls.map(({ name }) => name), "id", ...labelColumns(project)]);
  const shown = new Map(project.fields.map((field) => [taken.has(field) ? `_data_${field}` : field, field]));
  const columns = [...new Set([...taken, ...shown.keys()])].toSorted();
  const line = (cells: string[]) => `${cells.join(separator)}\r\n`;
  yield line(columns.map((column) => cell(column)));
  for await (const page of pages) {
    const lines = page.flatMap((task) =>
      rowsOf(task).map((label) => {
        const answered: Record<string, unknown> = {
          id: task.id,
          ...answersOf(label, project),
          ...factsOf(label, project),
        };
        return line(
          columns.map((column) => {
            const field = shown.get(column);
            if (field !== undefined) return cell(task.data[field]);
            return column === "lead_time" ? seconds(label?.leadTime) : cell(answered[column]);
          }),
        );
      }),
    );
    if (lines.length > 0) yield lines.join("");
  }
}

/** Labels of a task, newest first; a task without any is one row, one that nobody could tell is none. */
export function rowsOf({ labels }: ExportedTask): (ExportedLabel | undefined)[] {
  if (labels.length === 0) return [undefined];
  return labels
    .filter(({ cannotTell }) => !cannotTell)
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (b.id ?? 0) - (a.id ?? 0));
}

function minimal(task: ExportedTask, label: ExportedLabel | undefined, project: ExportedProject) {
  return { ...task.data, id: task.id, ...answersOf(label, project), ...factsOf(label, project) };
}

function labelColumns({ isConsensus }: ExportedProject): string[] {
  return isConsensus
    ? ["posterior", "people", "guideline", "method", "created_at"]
    : ["annotator", "annotation_id", "created_at", "updated_at", "lead_time"];
}

/** What there is to say about a label beside what it says. */
function factsOf(label: ExportedLabel | undefined, { isConsensus }: ExportedProject): Record<string, unknown> {
  if (isConsensus) {
    const { posterior = null, people = null, guideline = null, method = null } = label?.consensus ?? {};
    return { posterior, people, guideline, method, created_at: label?.createdAt ?? null };
  }
  return {
    annotator: label?.annotator?.id ?? null,
    annotation_id: label?.id ?? null,
    created_at: label?.createdAt ?? null,
    updated_at: label?.updatedAt ?? null,
    lead_time: label?.leadTime ?? null,
  };
}

/** What a label says, by control: a single choice or text bare, the rest as Label Studio's values. */
function answersOf(label: ExportedLabel | undefined, { config }: ExportedProject): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  for (const control of config.controls) {
    const regions = regionsOfControl(label?.result ?? [], control.name);
    if (regions.length > 0) answers[control.name] = prettified(control, regions);
  }
  return answers;
}

function prettified({ type }: AnswerControl, regions: ControlRegion[]): unknown {
  const isBare = type === "choices" || type === "textarea";
  const values = regions.map(({ value, original_width, original_height }) => {
    const [only, another] = (isBare && [value.choices ?? value.text].flat()) || [];
    if (typeof only === "string" && another === undefined) return only;
    return {
      ...value,
      ...(original_width !== undefined && { original_width }),
      ...(original_height !== undefined && { original_height }),
    };
  });
  return isBare && values.length === 1 ? values[0] : values;
}

/** A number with a decimal point, as Python writes a float. */
function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '""';
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function cell(value: unknown): string {
  if (typeof value === "number") return String(value);
  return `"${textOf(value).replaceAll('"', '""')}"`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? value : JSON.stringify(value);
}
