import { formatCountOf, plural } from "#components/ui/format.ts";
import type { DriftRow } from "#server/watch/monitoring/drift/report/contract.ts";
import type { QualitySummary } from "#server/watch/monitoring/quality/contract.ts";

/** Says how many endpoints drift, and how many are not monitored; undefined without endpoints. */
export function describeDrift(rows: readonly DriftRow[]): string | undefined {
  if (rows.length === 0) return undefined;
  const evaluated = rows.filter(({ window }) => window !== null);
  const drifting = evaluated.filter(({ window }) => window?.verdict.state === "drift");
  const missing = rows.length - evaluated.length;
  const rest = missing > 0 ? ` ${missing === 1 ? "One endpoint is" : `${missing} endpoints are`} not monitored.` : "";
  if (evaluated.length === 0)
    return `No endpoint has a drift result yet.${rows.length > 1 ? " The table shows why." : ""}`;
  if (drifting.length === 0) return `No significant drift detected.${rest}`;
  return `${formatCountOf(drifting.length, evaluated.length)} endpoints ${drifting.length === 1 ? "shows" : "show"} significant drift.${rest}`;
}

/** Says which endpoints are below their objective of quality; undefined where nothing is known. */
export function describeQuality(endpoints: readonly QualitySummary[]): string | undefined {
  const named = (state: QualitySummary["state"]) =>
    endpoints.filter((one) => one.state === state).map(({ endpoint }) => endpoint);
  const [below, watch, known] = [named("below"), named("watch"), named("fine")];
  if (below.length > 0) return `Below objective according to labels: ${below.join(", ")}.`;
  if (watch.length > 0)
    return `${watch.join(", ")} ${watch.length === 1 ? "is" : "are"} estimated to be below objective; labels will confirm.`;
  if (known.length > 0)
    return `${plural(known.length, "endpoint")} ${known.length === 1 ? "meets its" : "meet their"} quality objective.`;
  return undefined;
}
