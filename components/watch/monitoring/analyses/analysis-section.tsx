import type { ReactNode } from "react";
import { formatPercent } from "#components/ui/format.ts";
import { PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Analysis, AnalysisResult, RequestAnalysis } from "#server/watch/monitoring/analyses/contract.ts";
import classes from "./analyses.module.css";
import { at } from "./at.ts";
import { type RequestAnalysisAction, RequestButton } from "./request-button.tsx";

interface AnalysisSectionProps {
  title: string;
  /** Description of the data that it will read, in sentences. */
  reads: string;
  button: {
    label: string;
    question: RequestAnalysis["question"];
    request: RequestAnalysisAction;
    why: string | undefined;
  };
  /** The newest of its kind. */
  analysis: Analysis | undefined;
  found: (result: AnalysisResult) => ReactNode;
}

/** Renders one kind of analysis: the data it reads, the button, and the latest result. */
export function AnalysisSection({ title, reads, button, analysis, found }: AnalysisSectionProps) {
  const isUnderWay = analysis?.state === "waiting" || analysis?.state === "running";
  const why = button.why ?? (isUnderWay ? "one is in progress" : undefined);
  return (
    <PanelSection
      title={
        <span className={classes.head}>
          <span>{title}</span>
          <span className={classes.ask}>
            <RequestButton {...button} why={why} />
          </span>
        </span>
      }
    >
      <p className="lw-small lw-muted">{reads}</p>
      {analysis ? <Outcome analysis={analysis} found={found} /> : <p className="lw-small lw-quiet">Not run yet.</p>}
    </PanelSection>
  );
}

function Outcome({ analysis, found }: { analysis: Analysis; found: AnalysisSectionProps["found"] }) {
  const { state, progress, problem, result, createdBy, createdAt, question } = analysis;
  return (
    <div className={classes.outcome} aria-live="polite">
      <p className="lw-small lw-quiet">
        Requested by {createdBy} <RelativeTime at={createdAt} />
        {"from" in question && `, ${at(question.from)} to ${at(question.to)}`}
      </p>
      {state === "waiting" && <StatusBadge state="not-started">Queued</StatusBadge>}
      {state === "running" && (
        <StatusBadge state="running">Reading rows: {formatPercent(progress, { decimals: 0 })}</StatusBadge>
      )}
      {state === "failed" && (
        <p className="lw-small" role="status">
          <StatusBadge state="missed">Failed</StatusBadge> {problem}
        </p>
      )}
      {result && found(result)}
    </div>
  );
}
