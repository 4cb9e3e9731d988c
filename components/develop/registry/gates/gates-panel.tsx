import { IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Checklist, GateLine } from "#server/develop/registry/gates/contract.ts";
import { progressOf } from "./describe-gate.ts";
import { GateRow } from "./gate-row.tsx";
import classes from "./gates.module.css";

interface GatesPanelProps {
  checklist: Checklist;
  /** Path of the page that configures the gates of the checklist. */
  policyHref: string;
  /** Action available for one gate. */
  actionOf?: (line: GateLine) => ReactNode;
  /** Action available for all gates: run again. */
  action?: ReactNode;
}

/** Renders the checklist of a version, gate by gate, with its evidence. */
export function GatesPanel({ checklist, policyHref, actionOf, action }: GatesPanelProps) {
  const { gates, version, alias } = checklist;
  const progress = progressOf(gates);
  const title = `Gates for v${version}`;
  if (gates.length === 0) {
    return (
      <Panel title={title} id="gates">
        <EmptyState title="No gates configured" action={<a href={policyHref}>View policy</a>}>
          Gates are defined in the model policy: metric thresholds, signature compatibility, required metadata and more.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={title}
      id="gates"
      right={
        <StatusBadge state={progress.state} filled>
          {progress.words}
        </StatusBadge>
      }
      flush
    >
      <ul aria-label={title}>
        {gates.map((line) => (
          <GateRow line={line} action={actionOf?.(line)} key={line.gate} />
        ))}
      </ul>
      <div className={classes.foot}>
        <span className={classes.rule}>
          <IconLock size={13} stroke={1.8} aria-hidden="true" />
          {gates.length === 1
            ? `${alias} can be set by request only once this gate has passed or is waived.`
            : `${alias} can be set by request only once all ${gates.length} gates have passed or are waived.`}
        </span>
        {action}
      </div>
    </Panel>
  );
}
