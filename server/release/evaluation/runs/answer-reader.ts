import { DomainError } from "#server/base/errors.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import type { LabelledSpan } from "#server/stats/labelling/span-agreement.ts";
import { outputFeatures } from "#server/watch/monitoring/features/output-features.ts";
import { widthOf } from "#server/watch/monitoring/features/row-width.ts";
import type { VersionSides } from "#server/watch/monitoring/profiles/build/plan-reference.ts";
import { truthOf } from "#server/watch/monitoring/quality/counts/truth-of.ts";
import type { EvaluationTask, EvaluationTaskKind } from "../contract.ts";
import { boxReader } from "../regions/box-reader.ts";
import { spanReader, tagReader } from "../regions/span-reader.ts";
import type { ScoredBox } from "../regions/stored-regions.ts";
import { elementsOfRow, numbersOfRow } from "./elements-of-row.ts";

/** What a version says of one row. */
export interface RowAnswer {
  /** Number of the predicted class; undefined for other tasks. */
  answer?: number;
  /** Scores of the classes, in the order of `classes`. */
  scores?: Float64Array;
  number?: number;
  text?: string;
  /** Boxes in percent of the picture, the most confident first. */
  boxes?: ScoredBox[];
  spans?: LabelledSpan[];
  /** Tags of the tokens. */
  tags?: string[];
}

/** Reads the outputs of a version for one kind of task. */
export interface AnswerReader {
  /** Names of the outputs to request. */
  outputs: string[];
  /** Names of the classes: those of the set, then others of the version. */
  classes: string[];
  /** Whether it returns scores of classes. */
  hasScores: boolean;
  /** Whether both the set and the version have the same two classes. */
  isTwoClasses: boolean;
  /** Whether its outputs have no dimension of rows, so that a request has one. */
  isOneByOne?: boolean;
  /** Reads one row. Returns a sentence where the outputs are no answer. */
  read(tensors: readonly Tensor[], row: number, rows: number): RowAnswer | string;
}

/** What is read of a version: that of the kind of task, or, of spans, tags where the set knows the limits of the tokens. */
export type ReaderKind = EvaluationTaskKind | "tags";

/** Returns what a task reads of a version. */
export function readerKind(task: EvaluationTask): ReaderKind {
  return task.kind === "spans" && task.offsets !== null ? "tags" : task.kind;
}

/** Classes beyond which an answer that is no class of the set is counted as one of the last. */
const maxClasses = 2000;

/**
 * Finds in the outputs of a version what a task asks for: classes with their scores, a number, or a text.
 * @param setClasses names of the set's classes, which may be numbers of the version's classes
 * @param found classes that rows before had, in the order of an earlier reader
 * @throws DomainError "invalid" if the version answers something else
 */
export function answerReader(
  kind: ReaderKind,
  sides: VersionSides,
  setClasses: readonly string[],
  found: readonly string[] = [],
): AnswerReader {
  switch (kind) {
    case "classification":
      return classReader(sides, setClasses, found);
    case "multilabel":
      return flagReader(sides, setClasses);
    case "transcription":
      return textReader(sides);
    case "boxes":
    case "spans":
    case "tags":
      return regionReader(kind, sides, setClasses);
    case "regression":
    case "forecast":
      return numberReader(sides, kind);
    default:
      return scoreReader(sides, kind);
  }
}

const outputsOf = ({ signature, pipeline }: VersionSides): Signature["outputs"] => {
  const plan = pipeline && planPipeline(pipeline, signature);
  return [...(plan?.outputs ?? []), ...signature.outputs];
};

function wrong(sides: VersionSides, wanted: string): DomainError {
  const said = outputsOf(sides)
    .slice(0, 4)
    .map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(", ")}]`)
    .join(", ");
  return new DomainError("invalid", `The set asks for ${wanted}; this version returns ${said || "nothing"}.`);
}

function classReader(sides: VersionSides, setClasses: readonly string[], found: readonly string[]): AnswerReader {
  const { labels } = sides.signature;
  const features = outputFeatures(outputsOf(sides), labels);
  const prediction = features.find(({ name }) => name === "prediction");
  const score = features.find(({ source }) => source.from === "score")?.source;
  const label = prediction?.source.from === "element" && prediction.kind === "categorical" ? prediction.source : null;
  if (!label && score?.from !== "score") throw wrong(sides, "classes");
  const isTwo = score?.from === "score" && score.width === 1;
  const width = score?.from === "score" ? Math.max(2, score.width) : 0;
  const own = labels ?? Array.from({ length: width }, (_, index) => String(index));
  const names = setClasses.map((name) => truthOf(name, labels));
  const known = [...names, ...own.filter((name) => !names.includes(name))];
  if (own.length > 0 && !names.some((name) => own.includes(name))) {
    throw new DomainError(
      "invalid",
      `The labels of the set (${listed(setClasses)}) are none of the classes of this version (${listed(own)}).`,
    );
  }
  const numberOf = new Map(known.map((name, index) => [name, index]));
  const classOf = (name: string) => {
    const number = numberOf.get(name);
    if (number !== undefined) return number;
    if (known.length >= maxClasses) return known.length - 1;
    known.push(name);
    numberOf.set(name, known.length - 1);
    return known.length - 1;
  };
  const places = own.map(classOf);
  for (const name of found) classOf(name);
  const scoreOutput = score?.from === "score" ? score.tensor : undefined;
  return {
    outputs: [...new Set([label?.tensor, scoreOutput].filter((name) => name !== undefined))],
    classes: known,
    hasScores: scoreOutput !== undefined,
    isTwoClasses: setClasses.length === 2 && own.length === 2 && places.every((place) => place < 2),
    read: (tensors, row, rows) => {
      let scores: Float64Array | undefined;
      if (scoreOutput !== undefined) {
        const values = numbersOfRow(tensors, scoreOutput, row, rows);
        if (values.some(Number.isNaN)) return "The scores are NaN.";
        const all = isTwo ? [1 - (values[0] ?? 0), values[0] ?? 0] : values;
        scores = new Float64Array(known.length);
        for (const [index, value] of all.entries()) scores[places[index] ?? 0] = value;
      }
      if (label) {
        const text = textOfRow(tensors, label.tensor, row, rows);
        return { answer: classOf(truthOf(text, labels)), ...(scores && { scores }) };
      }
      return scores ? { answer: highestOf(scores), scores } : "There is no class.";
    },
  };
}

function flagReader(sides: VersionSides, setClasses: readonly string[]): AnswerReader {
  const { labels } = sides.signature;
  const output = outputsOf(sides).find(
    ({ datatype, shape }) =>
      datatype.startsWith("FP") && (widthOf(shape) ?? 0) > 0 && widthOf(shape) === labels?.length,
  );
  if (!output || !labels) throw wrong(sides, "a score for each class, with the classes named in the file's metadata");
  const names = setClasses.map((name) => truthOf(name, labels));
  if (!names.some((name) => labels.includes(name))) {
    throw new DomainError(
      "invalid",
      `The labels of the set (${listed(setClasses)}) are none of the classes of this version (${listed(labels)}).`,
    );
  }
  const places = labels.map((label) => names.indexOf(label));
  return {
    outputs: [output.name],
    classes: names,
    hasScores: true,
    isTwoClasses: false,
    read: (tensors, row, rows) => {
      const values = numbersOfRow(tensors, output.name, row, rows);
      if (values.some(Number.isNaN)) return "The scores are NaN.";
      const scores = new Float64Array(names.length);
      for (const [index, value] of values.entries()) {
        const place = places[index] ?? -1;
        if (place >= 0) scores[place] = value;
      }
      return { scores };
    },
  };
}

function numberReader(sides: VersionSides, kind: string): AnswerReader {
  const features = outputFeatures(outputsOf(sides), sides.signature.labels);
  const numbers = features.filter(({ name, kind }) => kind === "numeric" && name.startsWith("prediction"));
  const [only] = numbers;
  if (!only || numbers.length > 1) throw wrong(sides, `one number per row (${kind})`);
  return oneNumber(only.source.tensor);
}

/** Reads any single number that orders rows: a number, or the score of the second of two classes. */
function scoreReader(sides: VersionSides, kind: string): AnswerReader {
  const features = outputFeatures(outputsOf(sides), sides.signature.labels);
  const number = features.find(({ name, kind }) => kind === "numeric" && name === "prediction");
  if (number) return oneNumber(number.source.tensor);
  const score = features.find(({ source }) => source.from === "score")?.source;
  if (score?.from !== "score" || score.width > 2) throw wrong(sides, `one score per row (${kind})`);
  return oneNumber(score.tensor);
}

function oneNumber(output: string): AnswerReader {
  return {
    outputs: [output],
    classes: [],
    hasScores: false,
    isTwoClasses: false,
    read: (tensors, row, rows) => {
      const number = numbersOfRow(tensors, output, row, rows).at(-1) ?? Number.NaN;
      return Number.isFinite(number) ? { number } : `The prediction is ${number}.`;
    },
  };
}

function textReader(sides: VersionSides): AnswerReader {
  const output = outputsOf(sides).find(({ datatype, shape }) => datatype === "BYTES" && widthOf(shape) === 1);
  if (!output) throw wrong(sides, "one text per row");
  return {
    outputs: [output.name],
    classes: [],
    hasScores: false,
    isTwoClasses: false,
    read: (tensors, row, rows) => ({ text: textOfRow(tensors, output.name, row, rows) }),
  };
}

function regionReader(
  kind: "boxes" | "spans" | "tags",
  sides: VersionSides,
  setClasses: readonly string[],
): AnswerReader {
  const { labels } = sides.signature;
  const outputs = outputsOf(sides);
  const wanted = { boxes: "boxes with their confidence and class", spans: "start, end and class of spans" };
  if (kind === "tags") {
    const tags = tagReader(outputs, labels, [...setClasses]);
    if (tags) return tags;
    throw wrong(sides, "a tag for each token, with the tags named in the file's metadata");
  }
  const names = setClasses.map((name) => truthOf(name, labels));
  const reader = kind === "boxes" ? boxReader(sides, outputs, names) : spanReader(outputs, labels, names);
  if (!reader) throw wrong(sides, wanted[kind]);
  if (labels && names.length > 0 && !names.some((name) => labels.includes(name))) {
    throw new DomainError(
      "invalid",
      `The labels of the set (${listed(setClasses)}) are none of the classes of this version (${listed(labels)}).`,
    );
  }
  return reader;
}

function textOfRow(tensors: readonly Tensor[], name: string, row: number, rows: number): string {
  const [value] = elementsOfRow(tensors, name, row, rows);
  const isBoolean = tensors.find((one) => one.name === name)?.datatype === "BOOL";
  return isBoolean ? String(Boolean(value)) : String(value ?? "");
}

function highestOf(values: Float64Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at += 1) if ((values[at] as number) > (values[best] as number)) best = at;
  return best;
}

const listed = (names: readonly string[]) =>
  `${names
    .slice(0, 4)
    .map((name) => `"${name}"`)
    .join(", ")}${names.length > 4 ? ", …" : ""}`;
