import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { openColumns } from "#server/develop/datasets/rows/open-table.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { compareTables } from "../compare/compare-tables.ts";
import { gatherTable } from "../compare/gather-table.ts";
import type { AnalysisQuestion, AnalysisResult } from "./contract.ts";
import type { OnProgress } from "./run-analysis.ts";

/** Cells of both files together: a gigabyte of memory. */
const maxCells = 100_000_000;

/** Compares two dataset versions, CSV, Parquet or Arrow, column by column. @throws DomainError "too-large", "invalid"; UnreadableFile */
export async function compareFiles(
  ctx: Context,
  question: Extract<AnalysisQuestion, { kind: "batch" }>,
  artifacts: ArtifactStore,
  onProgress: OnProgress,
): Promise<AnalysisResult> {
  const [before, now] = [
    await findUploadedVersion(ctx, question.reference),
    await findUploadedVersion(ctx, question.current),
  ];
  const cellsOf = ({ rows, columns }: typeof before) => rows * columns.length;
  if (cellsOf(before) + cellsOf(now) > maxCells) {
    throw new DomainError(
      "too-large",
      "The two files together have more than 100 million cells. Compare a sample of rows.",
    );
  }
  const all = before.rows + now.rows;
  const gather = async (version: typeof before, from: number) =>
    gatherTable(await openColumns(artifacts, version), {
      isTyped: version.format !== "csv",
      onProgress: (rows) => onProgress((0.9 * (from + rows)) / all),
    });
  const [reference, current] = [await gather(before, 0), await gather(now, before.rows)];
  const comparison = compareTables(reference, current, question.settings);
  if (comparison.columns.length === 0) {
    throw new DomainError("invalid", "The two files have no columns in common.");
  }
  return { kind: "comparison", comparison };
}
