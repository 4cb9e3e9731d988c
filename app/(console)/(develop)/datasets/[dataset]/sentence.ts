import { plural } from "#components/ui/format.ts";
import type { Dataset, DatasetVersion } from "#server/develop/datasets/contract.ts";

/** Describes the displayed version in a sentence, shown before the evidence. */
export function datasetSentence(dataset: Dataset, version: DatasetVersion | null): string {
  if (!version) return "No versions yet: the first file is still being processed, or reading it failed.";
  const isNewest = version.digest === dataset.newest?.digest;
  const what = `${isNewest ? "The latest version" : "Version"} ${version.digest.slice(0, 8)}`;
  const size = version.rows === null ? "has an unknown row count" : `has ${plural(version.rows, "row")}`;
  return `${what} ${size}${used(version)}, and ${verdict(dataset, version)}.`;
}

function used({ runs, modelVersions }: DatasetVersion): string {
  if (runs === 0) return ", is not used by any run";
  const made = modelVersions > 0 ? ` that produced ${plural(modelVersions, "model version")}` : "";
  return `, is used by ${plural(runs, "run")}${made}`;
}

function verdict(dataset: Dataset, { isUploaded, check }: DatasetVersion): string {
  if (!isUploaded) return "is known from runs only; its rows were not uploaded";
  if (!dataset.contract) return "has no contract yet";
  if (!check) return "has not been checked against the contract yet";
  const revision = `revision ${check.revision} of the contract`;
  return check.passed ? `keeps ${revision}` : `violates ${plural(check.failed, "rule")} in ${revision}`;
}
