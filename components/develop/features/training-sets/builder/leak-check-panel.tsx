"use client";

import { TextInput } from "@mantine/core";
import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { TrainingSetCheck } from "#server/develop/features/training-sets/contract.ts";
import classes from "./builder.module.css";
import type { LeakLine } from "./leak-lines.ts";

interface LeakCheckPanelProps {
  check: TrainingSetCheck | undefined;
  lines: readonly LeakLine[];
  /** Whether a newer check is running. */
  isStale: boolean;
  problem: string | undefined;
  /** Whether rows and features are chosen. */
  isReady: boolean;
  reasons: Readonly<Record<string, string>>;
  onReason: (key: string, reason: string) => void;
  /** Whether missing reasons are complained about. */
  complains: boolean;
  disabled: boolean;
}

const stateLabels: Partial<Record<LeakLine["state"], string>> = {
  missed: "Failed",
  watch: "Notice",
  "no-data": "Not checked",
};

/** Shows the checks of all rows, failed ones first; each of these takes a reason. */
export function LeakCheckPanel(props: LeakCheckPanelProps) {
  const { check, lines, isStale, problem, isReady, reasons, complains, disabled } = props;
  const failed = lines.filter(({ leak }) => leak).length;
  const isShown = isReady && problem === undefined;
  const took = check ? `all ${plural(check.rows, "row")}, ${formatDuration(check.durationMs)}` : "";
  return (
    <Panel
      id="leak-check"
      title="Leak check"
      subtitle={isShown ? (isStale || !check ? "checking all rows…" : took) : undefined}
      right={
        isShown &&
        check && (
          <StatusBadge state={failed > 0 ? "missed" : "on-target"}>
            {failed > 0 ? `${failed} failed` : "Passed"}
          </StatusBadge>
        )
      }
      flush
    >
      {!isReady ? (
        <EmptyState title="Nothing to check yet">Choose rows and features.</EmptyState>
      ) : problem !== undefined ? (
        <FailedState title="Could not check the rows">{problem}</FailedState>
      ) : !check ? (
        <SkeletonRows rows={3} height={44} />
      ) : (
        <ul className={classes.lines} data-stale={isStale || undefined} aria-busy={isStale}>
          {lines.map(({ key, state, title, detail, value, leak }) => (
            <li className={classes.line} key={key}>
              <StatusShape state={state} />
              <div className={classes.lineText}>
                <strong>
                  <span className="lw-hidden">{`${stateLabels[state] ?? "Passed"}: `}</span>
                  {title}
                </strong>
                <span className="lw-small lw-muted">{detail}</span>
                {leak && (
                  <TextInput
                    size="xs"
                    mt={4}
                    aria-label={`Reason: ${title}`}
                    placeholder="Reason, required to create"
                    value={reasons[key] ?? ""}
                    onChange={(event) => props.onReason(key, event.currentTarget.value)}
                    error={complains && !reasons[key]?.trim() ? "Give a reason, or change the request." : undefined}
                    maxLength={2000}
                    disabled={disabled}
                    data-lw-reason
                  />
                )}
              </div>
              <span className="lw-number">{value}</span>
            </li>
          ))}
        </ul>
      )}
      {isShown && check && check.skipped > 0 && (
        <p
          className={classes.skipped}
        >{`${plural(check.skipped, "request")} without a key or with several rows skipped.`}</p>
      )}
    </Panel>
  );
}
