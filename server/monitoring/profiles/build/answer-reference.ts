import type { Context } from "#server/context.ts";
import { ask } from "#server/registry/gates/model-runs/ask.ts";
import { type Lender, withLent } from "#server/registry/gates/model-runs/with-lent.ts";
import type { TensorSpec } from "#server/registry/onnx/contract.ts";
import type { LentVersion } from "#server/serving/lent-version.ts";
import type { InputPart } from "#server/serving/protocol/infer-request.ts";
import type { Tensor } from "#server/serving/tensor.ts";
import type { GivenTensor } from "../../features/contract.ts";
import type { SampledRow } from "./row-sample.ts";

const batchRows = 256;
/** A slow model answers fewer rows. */
const mostMs = 5 * 60_000;

interface Asking {
  versionId: string;
  inputs: readonly TensorSpec[];
  /** Names of what is wanted. */
  outputs: string[];
}

/** What became of asking a version. */
export interface Answered {
  /** Those that were answered, with what. */
  rows: SampledRow[];
  /** Why some or all were not, in a sentence. */
  note: string | undefined;
}

/** Runs a version over rows of a reference, as requests would. A missing number goes as NaN; rows that the version refuses are left out. */
export function answerReference(
  ctx: Context,
  models: Lender,
  asking: Asking,
  rows: readonly SampledRow[],
): Promise<Answered> {
  return withLent(ctx, models, { versionId: asking.versionId, providers: [] }, async (lent) => {
    if (typeof lent === "string")
      return { rows: [], note: `The version could not be run here, so its answers are not known: ${lent}` };
    return askAll(lent, asking, rows);
  });
}

async function askAll(lent: LentVersion, asking: Asking, rows: readonly SampledRow[]): Promise<Answered> {
  const isBatched = asking.inputs.every(({ shape }) => typeof shape[0] === "string");
  const endsAt = performance.now() + mostMs;
  const answered: SampledRow[] = [];
  let asked = 0;
  let problem: string | undefined;
  let size = isBatched ? batchRows : 1;
  while (asked < rows.length && performance.now() < endsAt) {
    const batch = rows.slice(asked, asked + size);
    const answer = await ask(lent, {
      inputs: asking.inputs.map((spec) => partOf(spec, batch)),
      outputs: asking.outputs,
    });
    // One bad row spoils its batch, so that is asked again row by row.
    if ("problem" in answer && batch.length > 1) {
      size = 1;
      continue;
    }
    asked += batch.length;
    if (isBatched && asked % batchRows === 0) size = batchRows;
    if ("problem" in answer) {
      problem ??= answer.problem;
      if (answer.reason === "lost") break;
    } else
      answered.push(
        ...batch.map((row, at) => ({
          ...row,
          outputs: answer.tensors.map((tensor) => partOfTensor(tensor, at, batch.length)),
        })),
      );
  }
  return { rows: answered, note: noteOf(answered.length, asked, rows.length, problem) };
}

function partOf({ name, datatype, shape }: TensorSpec, rows: readonly SampledRow[]): InputPart {
  const isFloat = datatype.startsWith("FP");
  const data = rows.flatMap((row) => {
    const elements = row.inputs.find((tensor) => tensor.name === name)?.data ?? [];
    return Array.from(elements, (element) => element ?? (isFloat ? Number.NaN : null));
  });
  const sizes = typeof shape[0] === "string" ? [rows.length, ...shape.slice(1)] : shape;
  return { name, datatype, shape: sizes.map(Number), data, binarySize: undefined };
}

function partOfTensor({ name, datatype, data }: Tensor, row: number, rows: number): GivenTensor {
  const width = data.length / rows;
  return { name, datatype, data: data.slice(row * width, (row + 1) * width) };
}

function noteOf(answered: number, asked: number, wanted: number, problem: string | undefined): string | undefined {
  if (answered === wanted) return undefined;
  const refused =
    asked - answered > 0
      ? `${asked - answered} rows of the reference were not answered: ${problem ?? "the version gave nothing"}`
      : "";
  const late =
    asked < wanted && !problem
      ? `Of ${wanted} rows ${asked} were answered in five minutes; more were not asked for.`
      : "";
  return [refused, late].filter(Boolean).join(" ");
}
