import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { type VersionLeaser, withLeasedVersion } from "#server/serve/model-runs/with-leased-version.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { measureImportances } from "./measure-importances.ts";
import { numbersOfRow, predictRows } from "./predict-rows.ts";
import type { SampledRow } from "./row-sample.ts";

/** Time limit, which means that a slow model predicts fewer rows. */
const maxPredictionMs = 5 * minuteMs;
const maxImportanceMs = 3 * minuteMs;

interface RequestOptions {
  versionId: string;
  /** Input tensors of a request. */
  tensors: readonly TensorSpec[];
  inputs: readonly FeatureSpec[];
  outputs: readonly FeatureSpec[];
}

/** Predictions of a version for the rows of a reference. */
export interface AnsweredReference {
  /** Rows with a prediction, each together with its prediction. */
  rows: SampledRow[];
  importances: Record<string, number> | null;
  /** Descriptions of what is unavailable, as sentences. */
  notes: string[];
}

/** Runs a version on rows of a reference, unless their outputs are known, and measures how much each feature changes the outputs. */
export function predictReference(
  ctx: Context,
  models: VersionLeaser,
  { versionId, tensors, inputs, outputs }: RequestOptions,
  rows: readonly SampledRow[],
): Promise<AnsweredReference> {
  const known = rows.filter((row) => row.outputs !== undefined);
  const names = [...new Set(outputs.map(({ source }) => source.tensor))];
  const requestOptions = (maxMs: number) => ({ inputs: tensors, outputs: names, endsAt: performance.now() + maxMs });
  return withLeasedVersion(ctx, models, { versionId, providers: [] }, async (lease) => {
    if (typeof lease === "string") {
      const without = known.length > 0 ? "" : ", so its outputs are unknown";
      return { rows: known, importances: null, notes: [`The version cannot be run here${without}: ${lease}`] };
    }
    if (names.length === 0) {
      return {
        rows: known,
        importances: null,
        notes: ["The outputs are neither classes nor a few numbers."],
      };
    }
    const answered =
      known.length > 0
        ? { rows: known, requestCount: known.length, problem: undefined }
        : await predictRows(lease, requestOptions(maxPredictionMs), rows);
    const notes = notesOf(answered, known.length > 0 ? known.length : rows.length);
    const words = new Map<string, number>();
    const until = requestOptions(maxImportanceMs);
    const importances = await measureImportances(answered.rows, inputs, async (list) => {
      const again = await predictRows(lease, until, list);
      return again.rows.length === list.length ? again.rows.map((row) => numbersOfRow(row, words)) : null;
    });
    if (!importances) notes.push("Feature importances could not be computed.");
    return { rows: answered.rows, importances, notes };
  });
}

function notesOf({ rows, requestCount, problem }: Awaited<ReturnType<typeof predictRows>>, wanted: number): string[] {
  const notes: string[] = [];
  const refused = requestCount - rows.length;
  if (refused > 0)
    notes.push(`${refused} of ${requestCount} rows failed: ${problem ?? "the version returned nothing"}`);
  if (requestCount < wanted && !problem)
    notes.push(`${requestCount} of ${wanted} rows were processed in five minutes.`);
  return notes;
}
