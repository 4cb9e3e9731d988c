import { plural } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { VersionSummary } from "#server/develop/datasets/contract.ts";

interface CheckStateProps {
  check: VersionSummary["check"];
  /** Whether the dataset has a contract. */
  hasContract: boolean;
  filled?: boolean;
}

/** Shows whether a version meets the contract of its dataset. */
export function CheckState({ check, hasContract, filled = false }: CheckStateProps) {
  if (check) {
    const words = check.passed ? "Contract met" : `Violates ${plural(check.failed, "rule")}`;
    return (
      <StatusBadge state={check.passed ? "on-target" : "missed"} filled={filled}>
        {words}
      </StatusBadge>
    );
  }
  return (
    <StatusBadge state="no-data" filled={filled}>
      {hasContract ? "Not checked" : "No contract"}
    </StatusBadge>
  );
}
