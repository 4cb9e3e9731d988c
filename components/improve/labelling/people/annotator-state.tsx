import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { LabelAnnotator } from "#server/improve/labelling/annotators/contract.ts";

/** Shows whether a person may label, and whether gold items say that they should not. */
export function AnnotatorState({ annotator, filled }: { annotator: LabelAnnotator; filled?: boolean }) {
  const look = filled ? { filled } : {};
  if (annotator.pausedAt) {
    return (
      <StatusBadge state="paused" {...look}>
        Paused
      </StatusBadge>
    );
  }
  if (annotator.excludedAt) {
    return (
      <StatusBadge state="no-data" {...look}>
        Excluded
      </StatusBadge>
    );
  }
  if (annotator.gold.action !== "none") {
    return (
      <StatusBadge state="watch" {...look}>
        Probably below the minimum
      </StatusBadge>
    );
  }
  return (
    <StatusBadge state="running" {...look}>
      Labelling
    </StatusBadge>
  );
}
