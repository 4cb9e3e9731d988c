import { formatSignificant } from "#server/base/format-number.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import { isProbabilities } from "../runner/constants.ts";
import type { OutputDifference } from "./contract.ts";

const maxShown = 100;

/**
 * Computes the differences between two sides' predictions for the same input, by output. Relative differences are
 * |a − b| / max(|a|, |b|): 0 for equal numbers, and 1 when one of both is zero.
 */
export function differenceOf(
  a: readonly LoggedTensor[],
  b: readonly LoggedTensor[],
  labels: readonly string[] | undefined,
): OutputDifference[] {
  const names = [...new Set([...a, ...b].map(({ name }) => name))];
  return names.map((name) => {
    const [left, right] = [a, b].map((side) => side.find((tensor) => tensor.name === name));
    const problem = denialReason(left, right);
    if (problem || !left?.data || !right?.data) return { ...nothing(name), problem: problem ?? "Too large." };
    return compare(left as StoredTensorData, right as StoredTensorData, labels);
  });
}

type StoredTensorData = LoggedTensor & { data: NonNullable<LoggedTensor["data"]> };
type Element = StoredTensorData["data"][number];

function denialReason(a: LoggedTensor | undefined, b: LoggedTensor | undefined): string | undefined {
  if (!a || !b) return "Only one of the versions has this output.";
  if (!a.data || !b.data) return "Too large to store, so it was not compared.";
  if (String(a.shape) !== String(b.shape)) return `The shapes are [${a.shape.join(", ")}] and [${b.shape.join(", ")}].`;
  return undefined;
}

function nothing(name: string): OutputDifference {
  const none = { maxAbsolute: null, meanAbsolute: null, maxRelative: null, at: null, agreement: null };
  return { name, rows: 0, elements: 0, differing: 0, areProbabilities: false, byClass: [], byRow: [], ...none };
}

function compare(a: StoredTensorData, b: StoredTensorData, labels: readonly string[] | undefined): OutputDifference {
  const elements = a.data.length;
  const rows = a.shape.length === 0 ? 1 : (a.shape[0] ?? 1);
  const width = rows > 0 ? elements / rows : 0;
  const rowOf = (data: Element[], row: number) => data.slice(row * width, (row + 1) * width);
  const named = labels?.length === width && width > 1;
  const labelOf = (index: number) => (named ? (labels[index] as string) : String(index));
  const all = Array.from({ length: rows }, (_, row) => [rowOf(a.data, row), rowOf(b.data, row)] as const);
  const areProbabilities = rows > 0 && all.every(([left, right]) => isProbabilities(left) && isProbabilities(right));
  const isText = a.datatype === "BYTES" || a.datatype === "BOOL";
  const isNumeric = !isText && a.data.every(isNumber) && b.data.every(isNumber);
  const areClasses = isNumeric && (areProbabilities || named);
  const differing = a.data.reduce<number>((count, value, at) => count + (value === b.data[at] ? 0 : 1), 0);
  const agreed = all.map(([left, right]) =>
    areClasses ? topOf(left) === topOf(right) : String(left) === String(right),
  );
  const common = { ...nothing(a.name), rows, elements, differing, areProbabilities };
  const agreement = areClasses || isText ? { same: agreed.filter(Boolean).length, rows } : null;
  const words = (row: Element[]) => (areClasses ? labelOf(topOf(row)) : shown(row));
  const byRow = all.slice(0, maxShown).map(([left, right], row) => ({
    row,
    maxAbsolute: isNumeric ? Math.max(0, ...left.map((value, at) => distance(value, right[at] as Element))) : null,
    a: words(left),
    b: words(right),
    isSame: agreed[row] as boolean,
  }));
  if (!isNumeric || elements === 0) return { ...common, agreement, byRow };
  const distances = a.data.map((value, at) => distance(value, b.data[at] as Element));
  const furthest = distances.reduce((best, value, at) => (value > (distances[best] as number) ? at : best), 0);
  const relative = a.data.map((value, at) => {
    const largest = Math.max(Math.abs(Number(value)), Math.abs(Number(b.data[at])));
    return largest === 0 || distances[at] === 0 ? 0 : (distances[at] as number) / largest;
  });
  return {
    ...common,
    agreement,
    byRow,
    maxAbsolute: distances[furthest] as number,
    meanAbsolute: finite(distances.reduce((sum, value) => sum + value, 0) / elements),
    maxRelative: relative.reduce((most, value) => Math.max(most, value), 0),
    at: { row: Math.floor(furthest / width), label: labelOf(furthest % width) },
    byClass: Array.from({ length: Math.min(width, maxShown) }, (_, index) => {
      const own = Array.from({ length: rows }, (_, row) => row * width + index);
      const ofClass = own.map((at) => distances[at] as number);
      const signed = own.map((at) => finite(Number(b.data[at]) - Number(a.data[at])));
      const mean = (values: number[]) => finite(values.reduce((sum, value) => sum + value, 0) / rows);
      return {
        label: labelOf(index),
        maxAbsolute: Math.max(...ofClass),
        meanAbsolute: mean(ofClass),
        signed: mean(signed),
      };
    }),
  };
}

/** Checks for a number, including a 64-bit integer as text; NaN and infinities are words, and have no distance. */
function isNumber(value: Element): boolean {
  return typeof value === "number" || (typeof value === "string" && /^-?\d{1,20}$/.test(value));
}

function distance(a: Element, b: Element): number {
  return finite(Math.abs(Number(a) - Number(b)));
}

/** Replaces infinity, which JSON cannot represent, by the largest number. */
function finite(number: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number));
}

function topOf(row: readonly Element[]): number {
  return row.reduce<number>((best, value, at) => (Number(value) > Number(row[best]) ? at : best), 0);
}

function shown(row: readonly Element[]): string {
  const words = row
    .slice(0, 4)
    .map((value) => (typeof value === "number" ? formatSignificant(value, 4) : String(value)));
  return words.join(", ") + (row.length > 4 ? ", …" : "");
}
