import { formatBytes, plural } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { Counts, Export, Import, ImportItem } from "#server/admin/transfer/contract.ts";

type Transfer = Import["state"];

/** The shape of a state of an import or export. */
export const shapeOf: Record<Transfer, State> = {
  waiting: "not-started",
  running: "running",
  done: "finished",
  failed: "missed",
  cancelled: "paused",
};

/** The word of a state. */
export const wordOf: Record<Transfer, string> = {
  waiting: "Waiting",
  running: "Running",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** Names of the sources of each kind of import. */
export const kindLabels: Record<Import["kind"], string> = {
  "mlflow-server": "MLflow server",
  mlruns: "mlruns folder",
  tensorboard: "TensorBoard files",
  leeway: "export of Leeway",
};

/** Formats counts as "12 runs, 2 models, 340 points, 3 files (4.2 MB)", leaving out those that are zero. */
export function describeImported(counts: Counts): string {
  const parts = [
    [counts.experiments, "experiment"],
    [counts.runs, "run"],
    [counts.loggedModels, "logged model"],
    [counts.versions, "version"],
    [counts.points, "metric point"],
    [counts.files, "file"],
  ] as const;
  const describedParts = parts.filter(([count]) => count > 0).map(([count, word]) => plural(count, word));
  if (counts.bytes > 0) describedParts.push(formatBytes(counts.bytes));
  return describedParts.join(", ") || "nothing yet";
}

/** Describes the result of an import in a sentence. */
export function importSentence({ state, message, counts }: Import): string {
  const unchanged = counts.unchanged > 0 ? ` ${plural(counts.unchanged, "item")} unchanged since the last import.` : "";
  const problems =
    counts.withProblems > 0 ? ` ${plural(counts.withProblems, "item")} with problems, listed below.` : "";
  const importedText = describeImported(counts);
  switch (state) {
    case "waiting":
      return "Starting…";
    case "running":
      return `Imported so far: ${importedText}.${unchanged}${problems}`;
    case "failed":
      return `${message ?? "The import failed; see the server log for details."} Imported so far: ${importedText}.${problems} Start a new import to continue.`;
    case "cancelled":
      return `The import was cancelled. Imported so far: ${importedText}. Start a new import to continue.`;
    default:
      return `Imported: ${importedText}.${unchanged}${problems}`;
  }
}

/** Returns the URL of an imported object; undefined for one that was not imported. */
export function hrefOf({ kind, localId }: ImportItem): string | undefined {
  if (localId === null) return undefined;
  if (kind === "experiment") return `/experiments/${localId}`;
  if (kind === "version") {
    const slash = localId.lastIndexOf("/");
    return `/models/${encodeURIComponent(localId.slice(0, slash))}/v${localId.slice(slash + 1)}`;
  }
  return undefined;
}

/** Returns an object's name in its source. Versions are also distinguished by their time, which is not part of the name. */
export function nameOf({ kind, sourceId }: ImportItem): string {
  if (kind !== "version") return sourceId;
  const [name = "", number = ""] = sourceId.split("/");
  return `${name} v${number}`;
}

/** Describes the size of an export. */
export function exportSize({ state, sizeBytes }: Export): string {
  if (sizeBytes === null) return state === "waiting" ? "nothing yet" : formatBytes(null);
  return state === "running" ? `${formatBytes(sizeBytes)} so far` : formatBytes(sizeBytes);
}
