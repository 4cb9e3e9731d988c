import { DataTable } from "#components/ui/data-table.tsx";
import { formatNewest } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Rerun } from "#server/improve/training/reproducibility/contract.ts";
import { jobHref } from "../addresses.ts";
import { JobState } from "../jobs/job-state.tsx";
import { verdictLabels, verdictState } from "./verdict-text.ts";

/** Lists the jobs that repeat or change this one, with the verdicts of exact re-runs. */
export function RerunsPanel({
  reruns,
  total,
  moreHref,
}: {
  reruns: readonly Rerun[];
  total: number;
  /** Address of the page with more of them; undefined where it shows them. */
  moreHref: string | undefined;
}) {
  if (reruns.length === 0) return null;
  return (
    <Panel id="reruns" title="Re-runs" subtitle="newest first" flush>
      <DataTable
        label="Re-runs, newest first"
        density="dense"
        rows={reruns}
        rowKey={({ id }) => id}
        foot={
          reruns.length < total && (
            <>
              <span>{formatNewest(reruns.length, total)}</span>
              {moreHref !== undefined && (
                <Link href={moreHref} scroll={false}>
                  Show more
                </Link>
              )}
            </>
          )
        }
        columns={[
          { key: "name", head: "Job", cell: ({ id, name }) => <Link href={jobHref(id)}>{name}</Link> },
          { key: "kind", head: "Kind", cell: ({ isExact }) => (isExact ? "exact" : "edited") },
          {
            key: "verdict",
            head: "Result",
            cell: ({ verdict, state, isExact }) =>
              verdict === null ? (
                <JobState state={state} />
              ) : (
                <StatusBadge state={verdictState(verdict, isExact)}>{verdictLabels[verdict]}</StatusBadge>
              ),
          },
        ]}
      />
    </Panel>
  );
}
