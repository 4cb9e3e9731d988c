import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { compareSides } from "#server/develop/datasets/leakage/compare-sides.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { loadVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { versionSides } from "#server/watch/monitoring/profiles/version-sides.ts";
import type { TrainingLeakage } from "../contract.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { inputColumns } from "./plan-inputs.ts";

interface Checked {
  version: { name: string; version: number };
  set: SetRows;
  /** Columns of inputs by the input's name, where they differ. */
  named: Record<string, string>;
  /** Dataset version of the set. */
  dataset: { id: string; artifactKey: string; format: string; rows: number; columns: readonly { name: string }[] };
}

/**
 * Counts rows of a set that are in the datasets that the run of a version was trained on, by the inputs of the version: labels, splits and numbers of rows
 * say nothing about a row. Of the set's own file it is unknown which rows were used.
 */
export async function checkTrainingLeakage(
  ctx: Context,
  { version, set, named, dataset }: Checked,
  store: ArtifactStore,
): Promise<TrainingLeakage> {
  const { lineage } = await loadVersionDetails(ctx, version);
  const training = lineage.datasets.filter(({ context }) => context === "training" || context === "train");
  const checked: TrainingLeakage["checked"] = [];
  const unknown: TrainingLeakage["unknown"] = [];
  const sides = versionSides(await findVersion(ctx, version));
  const inputs = inputColumns(
    sides,
    dataset.columns.map((column) => column.name),
    named,
  );
  const right = { where: null, rows: set.rows, open: () => openSetRows(set, dataset, store) };
  for (const { name, digest } of training) {
    try {
      const found = await findUploadedVersion(ctx, { name, digest });
      if (found.id === dataset.id) {
        unknown.push({ dataset: name, digest, reason: ownFile });
        continue;
      }
      const left = { where: null, rows: found.rows, open: () => openTable(store, found) };
      const { sharedRows } = await compareSides(left, right, inputs);
      checked.push({ dataset: name, digest, sharedRows });
    } catch (error) {
      const isOutcome =
        error instanceof UnreadableFile || (error instanceof DomainError && error.code !== "unavailable");
      if (!isOutcome) throw error;
      unknown.push({ dataset: name, digest, reason: error.message });
    }
  }
  const sharedRows = Math.max(0, ...checked.map((one) => one.sharedRows));
  return { checked, unknown, sharedRows, words: describeLeakage({ checked, unknown, sharedRows }, set.rows) };
}

const ownFile = "The set consists of rows of this file, and the run does not say which of its rows were used.";

function describeLeakage({ checked, unknown, sharedRows }: Omit<TrainingLeakage, "words">, rows: number): string {
  if (sharedRows > 0) return `${formatCount(sharedRows)} of ${formatCount(rows)} rows were in training.`;
  if (checked.length === 0 && unknown.length === 0) return "The training data of this version is not logged.";
  if (unknown.length > 0) return "Not all training data could be compared with the set.";
  return "No row of the set was in training.";
}

/** Opens the file of a set at its start, with only the rows of the set. */
async function openSetRows(set: SetRows, dataset: Checked["dataset"], store: ArtifactStore) {
  const { columns, rows } = await openTable(store, dataset);
  const numbers = set.columns.row as Uint32Array;
  async function* included() {
    let number = 0;
    let position = 0;
    for await (const row of rows) {
      number += 1;
      if (numbers[position] !== number) continue;
      position += 1;
      yield row;
      if (position >= numbers.length) return;
    }
  }
  return { columns, rows: included() };
}
