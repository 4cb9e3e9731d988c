import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Integrity } from "#server/watch/monitoring/integrity/contract.ts";

/** Shows whether the data of an endpoint pass their checks, as the headline of the page. */
export function IntegrityVerdict({ data: { findings, features } }: { data: Integrity }) {
  if (findings.some(({ severity }) => severity === "page")) {
    return (
      <StatusBadge state="missed" filled>
        Data issues
      </StatusBadge>
    );
  }
  if (findings.length > 0) {
    return (
      <StatusBadge state="watch" filled>
        {plural(findings.length, "ticket")}
      </StatusBadge>
    );
  }
  return features.length > 0 ? (
    <StatusBadge state="on-target" filled>
      OK
    </StatusBadge>
  ) : (
    <StatusBadge state="no-data" filled />
  );
}

/** Describes the conclusion: the worst finding, that all checks pass, or why there is no result. */
export function integritySentence({ findings, features, withoutReference, rows }: Integrity): string {
  const [worst] = findings;
  if (worst) return worst.words;
  if (withoutReference !== null) return withoutReference;
  if (rows === 0) return "No predictions in this time range, so data quality cannot be assessed.";
  const isKnown = features.some(({ state }) => state !== "unknown");
  if (!isKnown) return `${plural(rows, "row")}: at least 50 needed for a result.`;
  return `No issues in ${plural(features.length, "feature")}: values, ranges and categories match the reference.`;
}

/** Describes the serving version, and the number of rows compared and in the reference. */
export function contextOf({ version, rows, referenceRows, withoutReference }: Integrity, range: string): string {
  if (!version) return "Nothing deployed";
  const serves = `Serving ${version.model} v${version.version}`;
  if (withoutReference !== null) return serves;
  return `${serves}. ${formatCount(rows)} rows in the ${range}, reference of ${plural(referenceRows, "row")}`;
}

/** Describes the share of rows that satisfy all data rules. */
export function describePromises({ kept }: Integrity): string {
  if (!kept) return "current state; no data rules are defined";
  return `${formatPercent(kept.good / kept.total)} of ${formatCount(kept.total)} sampled rows in this range satisfy all data rules`;
}
