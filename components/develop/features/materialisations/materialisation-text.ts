import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";

/** Says what a materialisation did, or how far it is. */
export function describeMaterialisation(work: Materialisation): string {
  const { state, rowsRead, rowsTotal, rowsWritten, rowsOlder, rowsRejected, problem } = work;
  const rejected = rowsRejected === 0 ? "none rejected" : `${formatCount(rowsRejected)} rejected`;
  switch (state) {
    case "waiting":
      return problem === null ? "Queued. Look-ups continue meanwhile." : `Queued again: ${problem}`;
    case "running":
      return rowsTotal === null
        ? `${plural(rowsRead, "row")} read, ${rejected}. Look-ups continue meanwhile.`
        : `${formatCount(rowsRead)} of ${plural(rowsTotal, "row")} read, ${rejected}${describeTimeLeft(work)}. Look-ups continue meanwhile.`;
    case "done":
      return `${plural(rowsRead, "row")} read: ${formatCount(rowsWritten)} became the newest of their keys, ${formatCount(rowsOlder)} were older, ${rejected}.`;
    case "failed":
      return problem ?? "The materialisation failed.";
    case "cancelled":
      return `Cancelled after ${plural(rowsRead, "row")}. Rows that were written stay.`;
  }
}

function describeTimeLeft({ secondsLeft }: Materialisation): string {
  return secondsLeft === null ? "" : `, about ${formatDuration(Math.ceil(secondsLeft) * 1000)} left`;
}

const triggerLabels: Record<Materialisation["trigger"], string> = {
  request: "on request",
  interval: "by schedule",
  "dataset-version": "by a new version",
};

/** Says who wanted it: "by Mara", "by schedule". */
export function describeTrigger({ trigger, createdBy }: Pick<Materialisation, "trigger" | "createdBy">): string {
  return trigger === "request" ? `by ${createdBy}` : triggerLabels[trigger];
}

/** Describes what is read: "dataset merchants 4be10508". */
export function describeInput(input: Materialisation["input"]): string {
  if (input === null) return "";
  if (input.dataset) return `dataset ${input.dataset.name} ${input.dataset.digest.slice(0, 8)}`;
  return input.path ?? input.connection ?? input.endpoint ?? input.source;
}

/** Formats the share of rows read; empty while the total is unknown. */
export function describeShare({ rowsRead, rowsTotal }: Pick<Materialisation, "rowsRead" | "rowsTotal">): string {
  if (rowsTotal === null || rowsTotal === 0) return "";
  return formatPercent(Math.min(1, rowsRead / rowsTotal), { decimals: 0 });
}
