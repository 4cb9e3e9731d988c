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

/** What each kind of import takes things from. */
export const kindLabels: Record<Import["kind"], string> = {
  "mlflow-server": "MLflow server",
  mlruns: "mlruns folder",
  tensorboard: "TensorBoard files",
  leeway: "export of Leeway",
};

/** "12 runs, 2 models, 340 points, 3 files (4.2 MB)"; what there is none of is left out. */
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

/** The conclusion of an import. */
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

/** Where what was imported is here; undefined for what is not. */
export function hrefOf({ kind, localId }: ImportItem): string | undefined {
  if (localId === null) return undefined;
  if (kind === "experiment") return `/experiments/${localId}`;
  if (kind === "version") {
    const slash = localId.lastIndexOf("/");
    return `/models/${encodeURIComponent(localId.slice(0, slash))}/v${localId.slice(slash + 1)}`;
  }
  return undefined;
}

/** The name of a thing as its source has it. Versions are told apart by their time too, which is no part of the name. */
export function nameOf({ kind, sourceId }: ImportItem): string {
  if (kind !== "version") return sourceId;
  const [name = "", number = ""] = sourceId.split("/");
  return `${name} v${number}`;
}

/** What there is of an export. */
export function exportSize({ state, sizeBytes }: Export): string {
  if (sizeBytes === null) return state === "waiting" ? "nothing yet" : formatBytes(null);
  return state === "running" ? `${formatBytes(sizeBytes)} so far` : formatBytes(sizeBytes);
}
