import { DomainError } from "#server/base/errors.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { ControlRegion } from "../../contract.ts";
import { regionsOfControl } from "../../regions/regions-of-control.ts";
import type { ExportedProject, TaskPages } from "./exported-task.ts";
import { rowsOf } from "./rows.ts";

/** Words with their inner marks, or one sign. */
const token = /[\p{L}\p{N}_]+(?:['’.-][\p{L}\p{N}_]+)*|\S/gu;

/** @throws DomainError "invalid" for a project without spans */
export function requireSpans({ config }: Pick<ExportedProject, "config">): void {
  if (config.controls.some(({ kind }) => kind === "spans")) return;
  throw new DomainError("invalid", "CONLL2003 is for projects with spans (<Labels> of a <Text>).", {
    field: "export_type",
  });
}

/** Writes texts as CoNLL 2003: a token a line with its class as B-, I- or O, an empty line after each annotation. */
export async function* writeConll(pages: TaskPages, { config }: ExportedProject): AsyncGenerator<string> {
  const control = config.controls.find(({ kind }) => kind === "spans");
  const object = config.objects.find(({ name }) => name === control?.toName);
  yield "-DOCSTART- -X- O\n";
  if (!control || !object) return;
  for await (const page of pages) {
    const texts = page.flatMap((task) => {
      const text = fieldOf(task.data, object.field);
      if (typeof text !== "string") return [];
      return rowsOf(task).map((label) => {
        const regions = regionsOfControl(label?.result ?? [], control.name);
        return tagged(text, regions.flatMap(spanOf));
      });
    });
    if (texts.length > 0) yield texts.join("");
  }
}

interface TaggedSpan {
  start: number;
  end: number;
  label: string;
}

function spanOf({ value: { start, end, labels } }: ControlRegion): TaggedSpan[] {
  const label = Array.isArray(labels) ? labels[0] : undefined;
  if (typeof start !== "number" || typeof end !== "number" || typeof label !== "string") return [];
  return [{ start, end, label: label.replaceAll(/\s+/g, "_") }];
}

/** Tags the tokens of a text. A token ends where a span begins or ends; of spans that overlap, the one that begins first counts. */
function tagged(text: string, spans: TaggedSpan[]): string {
  const units = positionsInUnits(text);
  const placed = spans
    .map(({ start, end, label }) => ({ start: units[start] ?? text.length, end: units[end] ?? text.length, label }))
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
  const lines: string[] = [];
  let at = 0;
  const untagged = (end: number) => {
    for (const [word] of text.slice(at, end).matchAll(token)) lines.push(`${word} -X- _ O\n`);
  };
  for (const { start, end, label } of placed) {
    if (start < at || end <= start) continue;
    untagged(start);
    let prefix = "B";
    for (const [word] of text.slice(start, end).matchAll(token)) {
      lines.push(`${word} -X- _ ${prefix}-${label}\n`);
      prefix = "I";
    }
    at = end;
  }
  untagged(text.length);
  return `${lines.join("")}\n`;
}

/** Position in UTF-16 of each code point, and of the end. */
function positionsInUnits(text: string): number[] {
  const positions: number[] = [];
  let at = 0;
  for (const character of text) {
    positions.push(at);
    at += character.length;
  }
  positions.push(at);
  return positions;
}
