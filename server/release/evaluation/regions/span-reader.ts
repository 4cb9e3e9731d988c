import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { LabelledSpan } from "#server/stats/labelling/span-agreement.ts";
import type { AnswerReader } from "../runs/answer-reader.ts";
import { numbersOfRow } from "../runs/elements-of-row.ts";

const maxSpans = 1000;
const isInteger = ({ datatype }: TensorSpec) => /^U?INT/.test(datatype);

/**
 * Reads spans: an output of start, end and class for each, as whole numbers; those that end before they start are padding
 * (docs/spec/evaluation.md section 11.4).
 * @param labels names of the version's classes. @param names of the set's classes @returns null without such an output
 */
export function spanReader(
  outputs: readonly TensorSpec[],
  labels: readonly string[] | undefined,
  names: string[],
): AnswerReader | null {
  const output = outputs.find(
    (spec) => isInteger(spec) && [2, 3].includes(spec.shape.length) && spec.shape.at(-1) === 3,
  );
  if (!output) return null;
  const own = (labels ?? []).filter((name) => !names.includes(name));
  return {
    outputs: [output.name],
    classes: [...names, ...own],
    hasScores: false,
    isTwoClasses: false,
    isOneByOne: output.shape.length === 2,
    read: (tensors, row, rows) => {
      const numbers = numbersOfRow(tensors, output.name, row, rows);
      const all = Array.from({ length: numbers.length / 3 }, (_, at): LabelledSpan => {
        const [start, end, label] = numbers.slice(at * 3, at * 3 + 3) as [number, number, number];
        return { start, end, label: labels?.[label] ?? String(label) };
      });
      const spans = all.filter(({ start, end }) => start >= 0 && start < end);
      return spans.length > maxSpans ? `The version returned more than ${maxSpans} spans.` : { spans };
    },
  };
}

/**
 * Reads a tag for each token of a text: an output of the numbers of the tags, or of a score for each tag, whose names the file's labels are
 * (docs/spec/evaluation.md section 11.4).
 * @param labels names of the version's tags. @param names of the set's classes @returns null without such an output
 */
export function tagReader(
  outputs: readonly TensorSpec[],
  labels: readonly string[] | undefined,
  names: string[],
): AnswerReader | null {
  if (!labels) return null;
  const scores = outputs.find(
    ({ datatype, shape }) =>
      datatype.startsWith("FP") && [2, 3].includes(shape.length) && shape.at(-1) === labels.length,
  );
  const tags = scores ?? outputs.find((spec) => isInteger(spec) && [1, 2].includes(spec.shape.length));
  if (!tags) return null;
  const width = scores ? labels.length : 1;
  return {
    outputs: [tags.name],
    classes: [...names],
    hasScores: false,
    isTwoClasses: false,
    isOneByOne: tags.shape.length === (scores ? 2 : 1),
    read: (tensors, row, rows) => {
      const numbers = numbersOfRow(tensors, tags.name, row, rows);
      if (numbers.some(Number.isNaN)) return "The scores are NaN.";
      const numberOf = (token: number) => (scores ? highestAt(numbers, token * width, width) : numbers[token]);
      return {
        tags: Array.from({ length: numbers.length / width }, (_, token) => labels[numberOf(token) ?? -1] ?? "O"),
      };
    },
  };
}

function highestAt(numbers: readonly number[], from: number, width: number): number {
  let best = 0;
  for (let at = 1; at < width; at += 1) {
    if ((numbers[from + at] as number) > (numbers[from + best] as number)) best = at;
  }
  return best;
}
