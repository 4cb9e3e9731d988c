import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { LabelProject } from "#server/improve/labelling/projects/contract.ts";

type Stated = Pick<LabelProject, "state"> & { counts: Pick<LabelProject["counts"], "open" | "review" | "settled"> };

/** Shows whether a project is labelled, waits for review, is done or paused. */
export function ProjectState({ project, filled }: { project: Stated; filled?: boolean }) {
  const look = filled ? { filled } : {};
  const { open, review, settled } = project.counts;
  if (project.state === "archived")
    return (
      <StatusBadge state="finished" {...look}>
        Archived
      </StatusBadge>
    );
  if (project.state === "paused")
    return (
      <StatusBadge state="paused" {...look}>
        Paused
      </StatusBadge>
    );
  if (open > 0)
    return (
      <StatusBadge state="running" {...look}>
        Labelling
      </StatusBadge>
    );
  if (review > 0)
    return (
      <StatusBadge state="watch" {...look}>
        In review
      </StatusBadge>
    );
  if (settled > 0)
    return (
      <StatusBadge state="finished" {...look}>
        Done
      </StatusBadge>
    );
  return (
    <StatusBadge state="not-started" {...look}>
      No items
    </StatusBadge>
  );
}
