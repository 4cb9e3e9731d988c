import { plural } from "#components/ui/format.ts";
import type { Dataset, DatasetVersion } from "#server/datasets/contract.ts";

/** The conclusion about the version shown, before the evidence. */
export function datasetSentence(dataset: Dataset, version: DatasetVersion | null): string {
  if (!version) return "No version yet: its first file is being read, or could not be.";
  const isNewest = version.digest === dataset.newest?.digest;
  const what = `${isNewest ? "The newest version" : "Version"} ${version.digest.slice(0, 8)}`;
  const size = version.rows === null ? "has an unknown number of rows" : `has ${plural(version.rows, "row")}`;
  return `${what} ${size}${used(version)}, and ${verdict(dataset, version)}.`;
}

function used({ runs, modelVersions }: DatasetVersion): string {
  if (runs === 0) return ", was used by no run";
  const made = modelVersions > 0 ? ` that made ${plural(modelVersions, "model version")}` : "";
  return `, was used by ${plural(runs, "run")}${made}`;
}

function verdict(dataset: Dataset, { isUploaded, check }: DatasetVersion): string {
  if (!isUploaded) return "is known from runs only: Leeway has not read its rows";
  if (!dataset.contract) return "promises nothing yet";
  if (!check) return "was not checked against the contract yet";
  const revision = `revision ${check.revision} of the contract`;
  return check.passed ? `keeps ${revision}` : `breaks ${plural(check.failed, "promise")} of ${revision}`;
}
