import { DomainError } from "#server/base/errors.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import type { VersionSides } from "#server/watch/monitoring/profiles/build/plan-reference.ts";
import type { AnswerReader } from "../runs/answer-reader.ts";
import { elementsOfRow, numbersOfRow } from "../runs/elements-of-row.ts";
import { type PictureFrame, pictureFrame } from "./picture-frame.ts";
import type { ScoredBox } from "./stored-regions.ts";

/** Boxes of a picture that count, the most confident first. */
const maxBoxes = 300;
/** Of percent, and of a confidence: what is stored is what is compared. */
const digits = { percent: 4, score: 6 };

/** What the four numbers of a box are, by the metadata "boxes" of the file. */
const forms = ["corners", "corner-size", "centre-size", "yx-corners"] as const;
type Form = (typeof forms)[number];
/** Unit of these, by the metadata "box_unit" of the file. */
const units = ["pixels", "fraction", "percent"] as const;

interface Layout {
  boxes: TensorSpec;
  /** The same as the boxes where one output has corners, confidence and class. */
  scores: TensorSpec;
  classes: TensorSpec | null;
  count: TensorSpec | null;
}

/**
 * Reads boxes: outputs of four numbers a box, of its confidence and of its class, after suppression of double ones, or one output of six numbers
 * a box (docs/spec/evaluation.md section 11.4). Outputs without a dimension of pictures are of one picture each.
 * @param names of the set's classes, as the version names them
 * @throws DomainError "invalid" for outputs or metadata that are something else
 */
export function boxReader(sides: VersionSides, outputs: readonly TensorSpec[], names: string[]): AnswerReader | null {
  const layout = findLayout(outputs);
  if (!layout) return null;
  const { labels, metadata } = sides.signature;
  if (!layout.classes && layout.scores !== layout.boxes && labels?.length !== 1) return null;
  const form = chosen(forms, metadata.boxes, "boxes");
  const unit = chosen(units, metadata.box_unit, "box_unit");
  const frame = pictureFrame(sides);
  if (unit === "pixels" && !frame) {
    throw new DomainError(
      "invalid",
      'The image size of this version is unknown, so its boxes in pixels cannot be placed. Write "box_unit" as "fraction" or "percent" into the metadata of its file.',
    );
  }
  const scale =
    unit === "pixels" ? frame : { width: unit === "percent" ? 100 : 1, height: unit === "percent" ? 100 : 1 };
  const own = (labels ?? []).filter((name) => !names.includes(name));
  const labelOf = (value: number | string) => (typeof value === "string" ? value : (labels?.[value] ?? String(value)));
  const all = [layout.boxes, layout.scores, layout.classes, layout.count].filter((spec) => spec !== null);
  return {
    outputs: [...new Set(all.map(({ name }) => name))],
    classes: [...names, ...own],
    hasScores: true,
    isTwoClasses: false,
    isOneByOne: layout.boxes.shape.length === 2,
    read: (tensors, row, rows) => {
      const found = rawBoxes(layout, tensors, row, rows);
      const problem = found.find(({ numbers, score }) => ![...numbers, score].every(Number.isFinite));
      if (problem) return "A box or its confidence is not a finite number.";
      const boxes = found.flatMap(({ numbers, score, label }): ScoredBox[] => {
        const box = placed(cornersOf(numbers, form), scale as PictureFrame);
        const isPadding = score <= 0 || (typeof label === "number" && label < 0) || box.width <= 0 || box.height <= 0;
        return isPadding ? [] : [{ ...box, label: labelOf(label), score: rounded(score, digits.score) }];
      });
      return { boxes: boxes.toSorted((a, b) => b.score - a.score).slice(0, maxBoxes) };
    },
  };
}

function chosen<Value extends string>(values: readonly Value[], text: string | undefined, key: string): Value {
  const found = text === undefined ? values[0] : values.find((value) => value === text.trim().toLowerCase());
  if (found) return found;
  throw new DomainError("invalid", `The metadata "${key}" of the file is "${text}", not ${values.join(", ")}.`);
}

const isFloat = ({ datatype }: TensorSpec) => datatype.startsWith("FP");
const isNamed = (pattern: RegExp) => (spec: TensorSpec) => pattern.test(spec.name);

function findLayout(outputs: readonly TensorSpec[]): Layout | null {
  const ending = (width: number) =>
    outputs.filter((spec) => isFloat(spec) && [2, 3].includes(spec.shape.length) && spec.shape.at(-1) === width);
  const fours = ending(4);
  const boxes = fours.find(isNamed(/box/i)) ?? fours[0];
  if (!boxes) {
    const [whole] = ending(6);
    return whole ? { boxes: whole, scores: whole, classes: null, count: null } : null;
  }
  const rank = boxes.shape.length - 1;
  const beside = outputs.filter((spec) => spec !== boxes && spec.shape.length === rank);
  const scores = beside.find((spec) => isFloat(spec) && isNamed(/score|conf|prob/i)(spec));
  if (!scores) return null;
  const classes = beside.find((spec) => spec !== scores && isNamed(/label|class/i)(spec)) ?? null;
  const count = outputs.find(
    (spec) => isNamed(/num|count|valid/i)(spec) && spec.shape.length <= rank && spec !== classes,
  );
  return { boxes, scores, classes, count: count ?? null };
}

interface RawBox {
  numbers: number[];
  score: number;
  label: number | string;
}

function rawBoxes(layout: Layout, tensors: readonly Tensor[], row: number, rows: number): RawBox[] {
  const numbers = numbersOfRow(tensors, layout.boxes.name, row, rows);
  if (layout.scores === layout.boxes) {
    return Array.from({ length: numbers.length / 6 }, (_, box) => ({
      numbers: numbers.slice(box * 6, box * 6 + 4),
      score: numbers[box * 6 + 4] as number,
      label: Math.round(numbers[box * 6 + 5] as number),
    }));
  }
  const scores = numbersOfRow(tensors, layout.scores.name, row, rows);
  const classes = layout.classes && elementsOfRow(tensors, layout.classes.name, row, rows);
  const [count = scores.length] = layout.count ? numbersOfRow(tensors, layout.count.name, row, rows) : [];
  const length = Math.max(0, Math.min(scores.length, numbers.length / 4, count));
  return Array.from({ length }, (_, box) => {
    const label = classes?.[box] ?? 0;
    return {
      numbers: numbers.slice(box * 4, box * 4 + 4),
      score: scores[box] as number,
      label: typeof label === "string" ? label : Math.round(Number(label)),
    };
  });
}

/** Returns left, top, right and bottom. */
function cornersOf(numbers: readonly number[], form: Form): [number, number, number, number] {
  const [a, b, c, d] = numbers as [number, number, number, number];
  if (form === "corner-size") return [a, b, a + c, b + d];
  if (form === "centre-size") return [a - c / 2, b - d / 2, a + c / 2, b + d / 2];
  return form === "yx-corners" ? [b, a, d, c] : [a, b, c, d];
}

/** Puts a box onto the picture, in percent; what reaches beyond it is cut off. */
function placed(
  [left, top, right, bottom]: readonly [number, number, number, number],
  { width, height }: PictureFrame,
) {
  const share = (value: number, of: number) => Math.min(100, Math.max(0, (value / of) * 100));
  const [x, y] = [share(left, width), share(top, height)];
  return {
    x: rounded(x, digits.percent),
    y: rounded(y, digits.percent),
    width: rounded(share(right, width) - x, digits.percent),
    height: rounded(share(bottom, height) - y, digits.percent),
  };
}

function rounded(value: number, to: number): number {
  return Math.round(value * 10 ** to) / 10 ** to;
}
