import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ComparisonVerdict } from "#server/release/evaluation/contract.ts";

const shown = {
  better: { state: "on-target", words: "Better" },
  worse: { state: "missed", words: "Worse" },
  inconclusive: { state: "no-data", words: "Inconclusive" },
  "insufficient-data": { state: "no-data", words: "Insufficient data" },
} as const;

interface VerdictBadgeProps {
  verdict: ComparisonVerdict;
  filled?: boolean;
  /** The other version: "v15". */
  than?: string;
}

/** Renders what a paired interval says: better or worse only if it excludes 0. */
export function VerdictBadge({ verdict, filled = false, than }: VerdictBadgeProps) {
  const { state, words } = shown[verdict];
  const isDecided = verdict === "better" || verdict === "worse";
  return (
    <StatusBadge state={state} filled={filled}>
      {than && isDecided ? `${words} than ${than}` : words}
    </StatusBadge>
  );
}
