import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { predict } from "#server/serve/model-runs/predict.ts";
import type { InputPart } from "#server/serve/protocol/infer-request.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import type { GivenTensor } from "../../features/contract.ts";
import type { SampledRow } from "./row-sample.ts";

const batchRows = 256;

/** Options of requests to a version. */
export interface RequestOptions {
  inputs: readonly TensorSpec[];
  /** Names of the requested outputs. */
  outputs: string[];
  /** Deadline on the clock of performance.now(): no more rows are requested after it. */
  endsAt: number;
}

/** Result of the requests. */
export interface Answered {
  /** Rows with a prediction, each together with its prediction. */
  rows: SampledRow[];
  requestCount: number;
  /** Reason why a row has no prediction. */
  problem: string | undefined;
}

/**
 * Runs a version on rows of a reference, as requests would. Missing numbers are sent as NaN; rows that the version rejects are left out.
 */
export async function predictRows(
  lease: LeasedVersion,
  { inputs, outputs, endsAt }: RequestOptions,
  rows: readonly SampledRow[],
): Promise<Answered> {
  const isBatched = inputs.every(({ shape }) => typeof shape[0] === "string");
  const answered: SampledRow[] = [];
  let requestCount = 0;
  let problem: string | undefined;
  // Rows before this index are requested one by one because one bad row fails its complete batch.
  let oneByOneUntil = 0;
  while (requestCount < rows.length && performance.now() < endsAt) {
    const batch = rows.slice(requestCount, requestCount + (isBatched && requestCount >= oneByOneUntil ? batchRows : 1));
    const prediction = await predict(lease, { inputs: inputs.map((spec) => partOf(spec, batch)), outputs });
    if ("problem" in prediction && batch.length > 1) {
      oneByOneUntil = requestCount + batch.length;
      continue;
    }
    requestCount += batch.length;
    if ("tensors" in prediction) {
      const parts = (at: number) => prediction.tensors.map((tensor) => rowOfTensor(tensor, at, batch.length));
      answered.push(...batch.map((row, at) => ({ ...row, outputs: parts(at) })));
    } else {
      problem ??= prediction.problem;
      if (prediction.reason === "lost") break;
    }
  }
  return { rows: answered, requestCount, problem };
}

/** Returns the output for a row as numbers; each distinct text gets a number of its own. */
export function numbersOfRow({ outputs = [] }: SampledRow, words: Map<string, number>): Float64Array {
  const numbers = outputs.flatMap(({ datatype, data }) =>
    Array.from(data, (element) => numberOf(element, datatype, words)),
  );
  return Float64Array.from(numbers);
}

function numberOf(element: unknown, datatype: string | undefined, words: Map<string, number>): number {
  if (datatype !== "BYTES") return Number(element);
  const word = String(element);
  const known = words.get(word) ?? words.size;
  words.set(word, known);
  return known;
}

function partOf({ name, datatype, shape }: TensorSpec, rows: readonly SampledRow[]): InputPart {
  const missing = datatype.startsWith("FP") ? Number.NaN : null;
  const data = rows.flatMap((row) => {
    const elements = row.inputs.find((tensor) => tensor.name === name)?.data ?? [];
    return Array.from(elements, (element) => {
      if (element === null || element === undefined || Number.isNaN(element)) return missing;
      return datatype === "BOOL" ? Boolean(element) : element;
    });
  });
  const sizes = typeof shape[0] === "string" ? [rows.length, ...shape.slice(1)] : shape;
  return { name, datatype, shape: sizes.map(Number), data, binarySize: undefined };
}

function rowOfTensor({ name, datatype, data }: Tensor, row: number, rows: number): GivenTensor {
  const width = data.length / rows;
  return { name, datatype, data: data.slice(row * width, (row + 1) * width) };
}
