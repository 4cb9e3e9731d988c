import { formatBytes, plural } from "#components/ui/format.ts";
import type { PurgePreview } from "#server/admin/trash/contract.ts";
import type { TrashKind } from "#server/platform/purge-lock/contract.ts";

/** Names of each kind, for one item and for several. */
export const kindLabels: Record<TrashKind, { one: string; many: string }> = {
  experiment: { one: "experiment", many: "Experiments" },
  run: { one: "run", many: "Runs" },
  "logged-model": { one: "logged model", many: "Logged models" },
  model: { one: "model", many: "Models" },
  version: { one: "model version", many: "Versions" },
};

/** Formats what a permanent deletion removes as lines of a dialog; kinds with a count of zero are omitted. */
export function purgeLines(preview: PurgePreview): { label: string; value: string }[] {
  const { kind, runs, loggedModels, versions, traces, pointBytes, files, fileBytes } = preview;
  const counts: [number, string][] =
    kind === "run" || kind === "logged-model" || kind === "version"
      ? []
      : [
          [runs, "run"],
          [loggedModels, "logged model"],
          [versions, "version"],
          [traces, "trace"],
        ];
  const things = counts.filter(([count]) => count > 0).map(([count, word]) => plural(count, word));
  return [
    ...(things.length > 0 ? [{ label: "Also deleted", value: things.join(", ") }] : []),
    ...(pointBytes > 0 ? [{ label: "Metric points", value: `about ${formatBytes(pointBytes)}` }] : []),
    {
      label: "Files",
      value: files > 0 ? `${plural(files, "file")}, ${formatBytes(fileBytes)}; files used elsewhere are kept` : "none",
    },
    { label: "Undo", value: "not possible" },
  ];
}
