import { fieldOf } from "#server/base/text/field-of.ts";
import type { AnswerControl, BoxValue, LabelConfig, LabelValue } from "../contract.ts";
import { boxTolerance, maxTextLength, maxValueLength } from "../contract.ts";
import { mainControl } from "../projects/check-label-config.ts";

/** Rounding of a sum must not refuse a box that leaves the picture by exactly as much as it may. */
const rounding = 1e-6;

/**
 * Checks an answer against what is asked: its kind, classes that exist, boxes within the picture, spans within the text, numbers and
 * ratings within their bounds.
 * @param data of the task: the length of its text limits spans. Null where the text is not at hand
 * @returns a sentence for people, or undefined for an answer that fits
 */
export function problemOfLabelValue(
  config: LabelConfig,
  value: LabelValue,
  data: Readonly<Record<string, unknown>> | null = null,
): string | undefined {
  const control = mainControl(config);
  if (value.kind !== control.kind) return `This project expects "${control.kind}", not "${value.kind}".`;
  if (JSON.stringify(value).length > maxValueLength) return `At most ${maxValueLength} characters per answer.`;
  switch (value.kind) {
    case "class":
      return problemOfClasses(control, [value.label]);
    case "multilabel":
      return problemOfClasses(control, value.labels) ?? problemOfRepetition(value.labels);
    case "boxes":
      return problemOfClasses(control, labelsOf(value.boxes)) ?? firstProblem(value.boxes, problemOfBox);
    case "spans": {
      const length = lengthOfText(config, control, data);
      return (
        problemOfClasses(control, labelsOf(value.spans)) ??
        firstProblem(value.spans, ({ start, end }) => problemOfSpan(start, end, length))
      );
    }
    case "number":
      return problemOfNumber(control, value.number);
    case "ordinal":
      return problemOfNumber({ min: 1, ...control }, value.rating);
    case "text":
      if (value.text.length > maxTextLength) return `At most ${maxTextLength} characters per text.`;
      return value.text.trim() === "" && control.isRequired ? "Enter a text." : undefined;
  }
}

const labelsOf = (regions: readonly { label: string }[]) => regions.map(({ label }) => label);

function problemOfClasses({ classes }: AnswerControl, labels: readonly string[]): string | undefined {
  const unknown = labels.find((label) => !classes.some(({ name }) => name === label));
  return unknown === undefined ? undefined : `"${unknown}" is not a class of this project.`;
}

function problemOfRepetition(labels: readonly string[]): string | undefined {
  const twice = labels.find((label, at) => labels.indexOf(label) !== at);
  return twice === undefined ? undefined : `"${twice}" is listed twice.`;
}

function firstProblem<Each>(all: readonly Each[], problemOf: (each: Each) => string | undefined): string | undefined {
  for (const each of all) {
    const problem = problemOf(each);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfBox({ x, y, width, height, rotation }: BoxValue): string | undefined {
  if (width <= 0 || height <= 0) return "A box has no area.";
  // Label Studio turns a box around its upper left corner, so that a turned one may start anywhere.
  if (rotation !== undefined && rotation !== 0) return undefined;
  const most = 100 + boxTolerance + rounding;
  return x + width > most || y + height > most ? "A box reaches beyond the picture." : undefined;
}

function problemOfSpan(start: number, end: number, length: number | null): string | undefined {
  if (end <= start) return "A span must end after its start.";
  return length !== null && end > length ? `A span ends at ${end}, and the text at ${length}.` : undefined;
}

/** Characters of the text that spans are marked in, as code points. */
function lengthOfText(
  config: LabelConfig,
  { toName }: AnswerControl,
  data: Readonly<Record<string, unknown>> | null,
): number | null {
  const field = config.objects.find(({ name }) => name === toName)?.field;
  const text = data && field !== undefined ? fieldOf(data, field) : undefined;
  return typeof text === "string" ? [...text].length : null;
}

function problemOfNumber({ min, max }: Pick<AnswerControl, "min" | "max">, number: number): string | undefined {
  if (min !== undefined && number < min) return `Must be at least ${min}.`;
  return max !== undefined && number > max ? `Must be at most ${max}.` : undefined;
}
