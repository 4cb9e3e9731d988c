import { noValue } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { SecuritySummary } from "#server/develop/registry/security/contract.ts";
import { signatureBadges, verdictBadge } from "./security-labels.ts";

/** Shows the scan result of a version, and whether it is signed, in a table cell. */
export function SecurityBadge({ summary }: { summary: SecuritySummary | undefined }) {
  if (!summary) return <span className="lw-quiet">{noValue}</span>;
  const { state, word } = verdictBadge(summary.verdict, summary.isWaiting);
  return (
    <span style={{ display: "inline-flex", gap: 6 }}>
      <StatusBadge state={state}>{word}</StatusBadge>
      <span className="lw-small lw-quiet">{signatureBadges[summary.signature].word.toLowerCase()}</span>
    </span>
  );
}
