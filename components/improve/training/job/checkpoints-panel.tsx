import { DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, formatCount, formatNewest, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TrainingCheckpoint } from "#server/improve/training/checkpoints/contract.ts";
import type { JobHistory } from "#server/improve/training/history/contract.ts";
import classes from "./job.module.css";

/** So many are shown at first. */
const maxRows = 12;

interface CheckpointsPanelProps {
  checkpoints: readonly TrainingCheckpoint[];
  history: Pick<JobHistory, "attempts" | "intervalSeconds" | "advice">;
  /** Whether the job has not ended. */
  isOpen: boolean;
  /** Address of the page with all of them; undefined where it shows them. */
  allHref: string | undefined;
}

/** Lists the checkpoints of a job, newest first, with how often it saves and how often it should. */
export function CheckpointsPanel({ checkpoints, history, isOpen, allHref }: CheckpointsPanelProps) {
  const { intervalSeconds, advice } = history;
  const interval = intervalSeconds === null ? undefined : `every ${formatDuration(intervalSeconds * 1000)}`;
  const suggested = advice && `suggested ${formatDuration(advice.seconds * 1000)}`;
  const shown = allHref === undefined ? checkpoints : checkpoints.slice(0, maxRows);
  // They are numbered by their arrival.
  const total = checkpoints[0]?.seq ?? 0;
  const newest = checkpoints.find(({ tornAt, removedAt }) => !tornAt && !removedAt);
  return (
    <Panel
      id="checkpoints"
      className={classes.checkpoints}
      title="Checkpoints"
      subtitle={[interval, suggested].filter(Boolean).join("; ")}
      flush
    >
      <DataTable
        label="Checkpoints, newest first"
        density="dense"
        rows={shown}
        rowKey={({ id }) => id}
        columns={[
          {
            key: "step",
            head: "Step",
            align: "right",
            cell: ({ step, name }) => <span title={name}>{step === null ? noValue : formatCount(step)}</span>,
          },
          { key: "saved", head: "Saved", cell: ({ createdAt }) => <ClockTime at={createdAt} /> },
          {
            key: "size",
            head: "Size",
            align: "right",
            cell: ({ removedAt, sizeBytes }) => (removedAt ? "removed" : formatBytes(sizeBytes)),
          },
          { key: "state", head: "State", cell: (checkpoint) => <CheckpointState checkpoint={checkpoint} /> },
          {
            key: "use",
            head: "Use",
            cell: ({ id }) => {
              const user = history.attempts.find(({ resumedFrom }) => resumedFrom === id);
              return user ? `attempt ${user.number}` : id === newest?.id ? "newest" : noValue;
            },
          },
        ]}
        empty={
          isOpen ? (
            <EmptyState title="No checkpoints yet">
              Whatever the program saves in <code>LEEWAY_CHECKPOINT_DIR</code> is uploaded, and a new attempt resumes
              from it.
            </EmptyState>
          ) : (
            <EmptyState title="No checkpoints">
              The program saved none in <code>LEEWAY_CHECKPOINT_DIR</code>.
            </EmptyState>
          )
        }
        foot={
          (advice || shown.length < total) && (
            <>
              <span>
                {shown.length < total && `${formatNewest(shown.length, total)}. `}
                {advice?.message}
              </span>
              {allHref !== undefined && shown.length < checkpoints.length && (
                <Link href={allHref} scroll={false}>
                  Show {checkpoints.length < total ? `newest ${formatCount(checkpoints.length)}` : "all"}
                </Link>
              )}
            </>
          )
        }
      />
    </Panel>
  );
}

function CheckpointState({ checkpoint }: { checkpoint: TrainingCheckpoint }) {
  if (checkpoint.tornAt) return <StatusBadge state="missed">Corrupt</StatusBadge>;
  return checkpoint.verifiedAt ? (
    <StatusBadge state="finished">Verified</StatusBadge>
  ) : (
    <StatusBadge state="on-target">Complete</StatusBadge>
  );
}
