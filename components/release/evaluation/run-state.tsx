import type { ReactNode } from "react";
import { WorkProgress } from "#components/develop/features/work-progress.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RobustnessRun } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";

interface RunStateProps {
  /** "v17" */
  version: string;
  /** Title while nothing was requested. */
  missing?: string;
  run: Omit<RobustnessRun, "result" | "settings"> | undefined;
  /** Estimate of a run that has not started yet. */
  estimate: string;
  runButton: ReactNode;
  cancelButton: ReactNode;
}

/** Renders an evaluation that has no result: not requested, in progress, failed or cancelled. */
export function RunState({ version, missing, run, estimate, runButton, cancelButton }: RunStateProps) {
  if (!run) {
    return (
      <Panel flush>
        <EmptyState title={missing ?? `${version} has not been evaluated on this set`} action={runButton}>
          {estimate}
        </EmptyState>
      </Panel>
    );
  }
  switch (run.state) {
    case "waiting":
    case "running":
      return (
        <Panel title={`Evaluation of ${version}`} subtitle="metrics follow when all rows are evaluated" flush>
          <div className={classes.progress}>
            <StatusBadge state="running">{run.state === "waiting" ? "Queued" : "Running"}</StatusBadge>
            <WorkProgress
              label={`Progress of the evaluation of ${version}`}
              done={run.rowsDone}
              total={run.rowsTotal}
            />
            <span className="lw-number lw-small">
              {formatCount(run.rowsDone)} of {formatCount(run.rowsTotal)} rows
            </span>
            <span className={classes.controls}>{cancelButton}</span>
          </div>
        </Panel>
      );
    case "cancelled":
      return (
        <Panel flush>
          <EmptyState title="The evaluation was cancelled" action={runButton}>
            {formatCount(run.rowsDone)} of {formatCount(run.rowsTotal)} rows are stored. It resumes after them.
          </EmptyState>
        </Panel>
      );
    default:
      return (
        <Panel flush>
          <FailedState title="The evaluation failed" action={runButton}>
            {run.problem ?? "See the log of the worker for details."}
          </FailedState>
        </Panel>
      );
  }
}
