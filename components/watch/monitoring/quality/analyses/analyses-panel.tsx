import type { ReactNode } from "react";
import { formatPercent } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Analysis } from "#server/watch/monitoring/analyses/contract.ts";
import classes from "./analyses.module.css";
import { ConsistencyDialog } from "./consistency-dialog.tsx";
import { ConsistencyFound } from "./consistency-found.tsx";
import type { RequestState } from "./request-state.ts";
import { SkewDialog } from "./skew-dialog.tsx";
import { SkewFound } from "./skew-found.tsx";

interface AnalysesPanelProps {
  /** Analyses of the endpoint, newest first; undefined if they could not be loaded. */
  analyses: readonly Analysis[] | undefined;
  requestState: RequestState;
}

/** Shows the newest analyses of both kinds: predictions of two versions for the same requests, and served against recomputed features. */
export function AnalysesPanel({ analyses, requestState }: AnalysesPanelProps) {
  const kinds = ["consistency", "skew"] as const;
  const newest = kinds.flatMap((kind) => analyses?.find(({ question }) => question.kind === kind) ?? []);
  return (
    <Panel
      title="Consistency and skew"
      subtitle={requestState.why ?? "run on request, and automatically when a version is deployed"}
      right={
        <>
          <ConsistencyDialog requestState={requestState} />
          <SkewDialog requestState={requestState} />
        </>
      }
      flush
    >
      {analyses === undefined ? (
        <FailedState title="Could not load the analyses">
          The other panels are unaffected; see the log of the web role for details.
        </FailedState>
      ) : newest.length === 0 ? (
        <EmptyState title="No comparisons yet">
          Consistency compares the predictions of two versions, or of one version on two kinds of hardware, on recorded
          requests. Skew compares served inputs with dataset rows that have the same key.
        </EmptyState>
      ) : (
        newest.map((analysis) => (
          <PanelSection title={titleOf(analysis, requestState)} key={analysis.id}>
            <Outcome analysis={analysis} requestState={requestState} />
          </PanelSection>
        ))
      )}
    </Panel>
  );
}

function titleOf({ question }: Analysis, { versions }: RequestState): ReactNode {
  if (question.kind === "skew") {
    const { dataset, keyColumn } = question.skew;
    return `Skew vs ${dataset.name} by ${keyColumn}`;
  }
  if (question.kind !== "consistency") return null;
  const { first, second } = question.consistency;
  const nameOf = ({ versionId, providers = [] }: typeof first) => {
    const label = versions.find(({ id }) => id === versionId)?.label ?? `version ${versionId.slice(0, 8)}`;
    return providers.length > 0 ? `${label} on ${providers.join(", ")}` : label;
  };
  return `Consistency of ${nameOf(first)} and ${nameOf(second)}`;
}

function Outcome({ analysis, requestState }: { analysis: Analysis; requestState: RequestState }) {
  const { state, result, problem, progress, createdBy, createdAt } = analysis;
  return (
    <div className={classes.found} aria-live="polite">
      <p className="lw-small lw-quiet">
        Requested by {createdBy} <RelativeTime at={createdAt} />
      </p>
      {state === "waiting" && <StatusBadge state="not-started">Queued</StatusBadge>}
      {state === "running" && (
        <StatusBadge state="running">In progress: {formatPercent(progress, { decimals: 0 })}</StatusBadge>
      )}
      {state === "failed" && (
        <p className="lw-small">
          <StatusBadge state="missed">Failed</StatusBadge> {problem}
        </p>
      )}
      {result?.kind === "consistency" && (
        <ConsistencyFound found={result.consistency} endpoint={requestState.endpoint} />
      )}
      {result?.kind === "skew" && <SkewFound found={result.skew} />}
    </div>
  );
}
