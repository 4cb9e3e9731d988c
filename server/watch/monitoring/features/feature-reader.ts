import type { FeatureSource, FeatureSpec, FeatureValue, Given, GivenTensor } from "./contract.ts";
import { type EmbeddingSummary, summariseEmbedding } from "./embedding.ts";
import { summariseText } from "./summarise-text.ts";

interface ReaderOptions {
  /** Labels of the classes, by index. */
  labels?: readonly string[] | undefined;
  /** Reference means of embeddings, by tensor. */
  means?: ReadonlyMap<string, ArrayLike<number>> | undefined;
}

/** Reads features out of rows, one request after the other. */
export class FeatureReader {
  private readonly specs: readonly (FeatureSpec | undefined)[];
  private readonly labels: readonly string[] | undefined;
  private readonly means: ReadonlyMap<string, ArrayLike<number>> | undefined;
  /** Indices of tensors in `data`, separate for inputs and outputs. */
  private readonly slots = { input: new Map<string, number>(), output: new Map<string, number>() };
  private readonly slotOf: Int32Array;
  /** For elements that only need reading: number per row (0 for others), index in the row, and whether rounded to single precision. */
  private readonly widths: Int32Array;
  private readonly places: Int32Array;
  private readonly isSingle: Uint8Array;
  private readonly data: (ArrayLike<unknown> | undefined)[] = [];
  private pictures: Given["pictures"];
  /** Embedding summarised last. */
  private last: { data: ArrayLike<unknown>; row: number; summary: EmbeddingSummary } | undefined;

  /** @param specs undefined for features without a source: their values are undefined */
  constructor(specs: readonly (FeatureSpec | undefined)[], { labels, means }: ReaderOptions = {}) {
    this.specs = specs;
    this.labels = labels;
    this.means = means;
    this.slotOf = Int32Array.from(specs, (spec) => (spec ? this.slot(spec) : -1));
    const elements = specs.map((spec) =>
      spec?.source.from === "element" && isPlain(spec.source) ? spec.source : undefined,
    );
    this.widths = Int32Array.from(elements, (source) => source?.width ?? 0);
    this.places = Int32Array.from(elements, (source) => source?.index ?? 0);
    this.isSingle = Uint8Array.from(elements, (source) => (source?.precision === "single" ? 1 : 0));
  }

  /** Binds the reader to a request, whose values are read from now on. @returns how many of the inputs are among the features */
  bind({ inputs, outputs = [], pictures }: Pick<Given, "inputs" | "outputs" | "pictures">): number {
    this.data.fill(undefined);
    this.pictures = pictures;
    this.last = undefined;
    let found = 0;
    for (const tensor of inputs) if (this.put(this.slots.input.get(tensor.name), tensor)) found += 1;
    for (const tensor of outputs) this.put(this.slots.output.get(tensor.name), tensor);
    return found;
  }

  /**
   * Returns one value. A missing input is null, as is an element that is null or absent. An output that was not requested is undefined,
   * as is an image that was not inspected.
   */
  value(feature: number, row: number): FeatureValue {
    // Nearly all values are plain elements.
    const width = this.widths[feature] as number;
    if (width > 0) {
      const element = this.data[this.slotOf[feature] as number]?.[row * width + (this.places[feature] as number)];
      if (typeof element === "number") return this.isSingle[feature] ? Math.fround(element) : element;
    }
    const spec = this.specs[feature];
    if (!spec) return undefined;
    const { source } = spec;
    if (source.from === "picture") return this.pictures?.get(source.tensor)?.[row]?.[source.part];
    const data = this.data[this.slotOf[feature] as number];
    if (data === undefined) return spec.role === "input" ? null : undefined;
    switch (source.from) {
      case "element":
        return elementOf(source, data[row * source.width + source.index]);
      case "text": {
        const text = data[row];
        return typeof text === "string" ? summariseText(text, source.part) : null;
      }
      case "embedding": {
        const { norm, cosine, projections } = this.embedding(source.tensor, data, row, source.width);
        if (source.part === "norm") return norm;
        return source.part === "cosine" ? cosine : projections[source.part];
      }
      case "class": {
        const start = row * source.width;
        // Without valid scores, the highest one is no prediction.
        return Number.isNaN(scoreOf(data, start, source.width)) ? null : this.label(classOf(data, start, source.width));
      }
      case "score":
        return scoreOf(data, row * source.width, source.width);
    }
  }

  /** Returns the key under which a score is stored: for two classes "", for more the predicted class. */
  scoreKey(feature: number, row: number): string {
    const source = this.specs[feature]?.source;
    const data = this.data[this.slotOf[feature] as number];
    if (source?.from !== "score" || !data || source.width <= 2) return "";
    return this.label(classOf(data, row * source.width, source.width));
  }

  /** Whether an input of this name is read. */
  readsInput(tensor: string): boolean {
    return this.slots.input.has(tensor);
  }

  private label(index: number): string {
    return this.labels?.[index] ?? String(index);
  }

  /** Computes the 18 numbers of a row together, once. */
  private embedding(tensor: string, data: ArrayLike<unknown>, row: number, width: number): EmbeddingSummary {
    const { last } = this;
    if (last?.data === data && last.row === row) return last.summary;
    const summary = summariseEmbedding(data, row * width, width, this.means?.get(tensor));
    this.last = { data, row, summary };
    return summary;
  }

  private slot({ role, source }: FeatureSpec): number {
    // Files are not read again: their measurements are passed separately.
    if (source.from === "picture") return -1;
    const known = this.slots[role].get(source.tensor);
    if (known !== undefined) return known;
    const index = this.data.push(undefined) - 1;
    this.slots[role].set(source.tensor, index);
    return index;
  }

  private put(slot: number | undefined, { datatype, data }: GivenTensor): boolean {
    if (slot === undefined) return false;
    const isHalves = datatype === "FP16" && data instanceof Uint16Array;
    this.data[slot] = isHalves ? new Float16Array(data.buffer as ArrayBuffer, data.byteOffset, data.length) : data;
    return true;
  }
}

/** Returns the index of the highest score; for a single score, 1 from 0.5 on. */
export function classOf(data: ArrayLike<unknown>, start: number, width: number): number {
  if (width === 1) return Number(data[start]) >= 0.5 ? 1 : 0;
  let best = 0;
  for (let at = 1; at < width; at++) if (Number(data[start + at]) > Number(data[start + best])) best = at;
  return best;
}

/**
 * Returns the only score, the second of two classes, or the highest of more. Scores that are not probabilities go through softmax first.
 */
export function scoreOf(data: ArrayLike<unknown>, start: number, width: number): number {
  if (width === 1) return Number(data[start]);
  const wanted = width === 2 ? 1 : classOf(data, start, width);
  let [sum, lowest] = [0, 0];
  for (let at = 0; at < width; at++) {
    const value = Number(data[start + at]);
    sum += value;
    if (value < lowest) lowest = value;
  }
  const value = Number(data[start + wanted]);
  if (lowest >= 0 && Math.abs(sum - 1) <= 0.01) return value;
  let total = 0;
  for (let at = 0; at < width; at++) total += Math.exp(Number(data[start + at]) - value);
  return 1 / total;
}

function isPlain({ isTruth, precision }: ElementSource): boolean {
  return !isTruth && precision !== "half";
}

type ElementSource = Extract<FeatureSource, { from: "element" }>;

/** Reads an element of a row as a value: with the precision, and as a boolean, according to its source. */
export function elementOf({ isTruth, precision }: ElementSource, value: unknown): FeatureValue {
  if (isTruth) return truth(value);
  const element = plain(value);
  if (!precision || typeof element !== "number") return element;
  return precision === "single" ? Math.fround(element) : Math.f16round(element);
}

function truth(value: unknown): FeatureValue {
  if (value === null || value === undefined) return null;
  return value === true || value === 1 || value === "true" || value === "True" || value === "1" ? "1" : "0";
}

function plain(value: unknown): FeatureValue {
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "boolean" ? String(value) : null;
}
