import type { AnswerControl, LabelValue } from "../../contract.ts";
import { readValues } from "../../regions/read-regions.ts";
import type { ExportedLabel, ExportedProject, TaskPages } from "./exported-task.ts";
import { rowsOf } from "./rows.ts";

/** Writes lines of JSON that `datasets.load_dataset` reads: every field has one type in all lines. */
export async function* writeDataLines(pages: TaskPages, project: ExportedProject): AsyncGenerator<string> {
  for await (const page of pages) {
    const lines = page.flatMap((task) =>
      rowsOf(task).map((label) => {
        const shown = Object.fromEntries(project.fields.map((field) => [field, task.data[field] ?? null]));
        const line = { task_id: task.id, data: shown, ...answersOf(label, project), ...factsOf(label, project) };
        return `${JSON.stringify(line)}\n`;
      }),
    );
    if (lines.length > 0) yield lines.join("");
  }
}

/** Writes the card of the data set, whose head names the file. */
export function dataCard({ name, config, isConsensus }: ExportedProject): string {
  const columns = config.controls.map((control) => `- \`label_${control.name}\`: ${meaningOf(control)}`);
  const title = name.replaceAll(/\s+/g, " ");
  return [
    "---",
    "configs:",
    "- config_name: default",
    "  data_files: data.jsonl",
    "---",
    `# ${title}`,
    "",
    isConsensus ? "One line for each item with its consensus label." : "One line for each annotation.",
    "",
    "- `data`: what was shown",
    ...columns,
    ...(isConsensus ? ["- `posterior`: probability that the label is correct, where it was computed"] : []),
    "",
  ].join("\n");
}

function meaningOf({ kind, classes }: AnswerControl): string {
  const names = classes.map(({ name }) => name).join(", ");
  if (kind === "class") return `one of ${names}`;
  if (kind === "multilabel") return `any of ${names}`;
  if (kind === "boxes") return `boxes in percent of the picture: ${names}`;
  if (kind === "spans") return `spans in code points, the end exclusive: ${names}`;
  return kind === "ordinal" ? "a rating from 1" : `a ${kind}`;
}

function answersOf(label: ExportedLabel | undefined, { config }: ExportedProject): Record<string, unknown> {
  const values = label ? readValues(config, label.result) : new Map<string, LabelValue>();
  return Object.fromEntries(config.controls.map(({ name }) => [`label_${name}`, plain(values.get(name))]));
}

function plain(value: LabelValue | undefined): unknown {
  switch (value?.kind) {
    case undefined:
      return null;
    case "class":
      return value.label;
    case "multilabel":
      return value.labels;
    case "boxes":
      return value.boxes.map((box) => ({ ...box, rotation: box.rotation ?? 0 }));
    case "spans":
      return value.spans;
    case "number":
      return value.number;
    case "text":
      return value.text;
    case "ordinal":
      return value.rating;
  }
}

function factsOf(label: ExportedLabel | undefined, { isConsensus }: ExportedProject): Record<string, unknown> {
  if (isConsensus) {
    const { posterior = null, people = null, guideline = null, method = null } = label?.consensus ?? {};
    return { posterior, people, guideline, method };
  }
  return {
    annotation_id: label?.id ?? null,
    annotator: label?.annotator?.id ?? null,
    created_at: label?.createdAt ?? null,
  };
}
