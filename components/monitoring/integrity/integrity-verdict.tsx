import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Integrity } from "#server/monitoring/integrity/contract.ts";

/** Whether the data of an endpoint are whole, as its page says first. */
export function IntegrityVerdict({ data: { findings, features } }: { data: Integrity }) {
  if (findings.some(({ severity }) => severity === "page")) {
    return (
      <StatusBadge state="missed" filled>
        Data are wrong
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
      Whole
    </StatusBadge>
  ) : (
    <StatusBadge state="no-data" filled />
  );
}

/** The conclusion: what is worst, or that nothing is wrong, or why nothing can be said. */
export function integritySentence({ findings, features, withoutReference, rows }: Integrity): string {
  const [worst] = findings;
  if (worst) return worst.words;
  if (withoutReference !== null) return withoutReference;
  if (rows === 0) return "No predictions came in this range, so nothing can be said of their data.";
  const isKnown = features.some(({ state }) => state !== "unknown");
  if (!isKnown) return `${plural(rows, "row")}: no verdict below 50.`;
  return `Nothing is wrong with ${plural(features.length, "feature")}: values, ranges and levels are as in the reference.`;
}

/** What serves, and how many rows are compared with how many. */
export function contextOf({ version, rows, referenceRows, withoutReference }: Integrity, range: string): string {
  if (!version) return "Nothing is deployed";
  const serves = `${version.model} v${version.version} serves`;
  if (withoutReference !== null) return serves;
  return `${serves}. ${formatCount(rows)} rows in the last ${range}, reference of ${plural(referenceRows, "row")}`;
}

/** How many rows kept everything that is promised of them. */
export function keptWords({ kept }: Integrity): string {
  if (!kept) return "as it is now; nothing is promised of its rows";
  return `${formatPercent(kept.good / kept.total)} of ${formatCount(kept.total)} sampled rows of the range keep all that is promised`;
}
