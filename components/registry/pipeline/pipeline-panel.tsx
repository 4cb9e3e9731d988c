import type { ReactNode } from "react";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { VersionPipeline } from "#server/registry/pipeline/contract.ts";
import classes from "./pipeline-panel.module.css";
import { type PipelineWay, waysAfter, waysBefore } from "./pipeline-words.ts";

interface PipelinePanelProps {
  version: VersionPipeline;
  /** The button that changes it; absent for who may not. */
  edit?: ReactNode;
}

/** What a version does before and after its model, and the digest that every prediction through it names. */
export function PipelinePanel({ version, edit }: PipelinePanelProps) {
  const { pipeline, digest, problems, fixedSince } = version;
  return (
    <Panel title="Pipeline" subtitle="Before the model and after it" right={edit} flush>
      {!pipeline ? (
        <EmptyState title="Clients send and get the model's own tensors">
          {fixedSince
            ? "It was deployed without a pipeline. Register a new version to give it one."
            : "A pipeline lets them send pictures or named columns and get labels."}
        </EmptyState>
      ) : (
        <>
          {problems.length > 0 && (
            <PanelSection>
              <StatusBadge state="missed">Does not fit the model, so it cannot be deployed</StatusBadge>
              <ul className={classes.complaints}>
                {problems.map((problem) => (
                  <li key={problem}>{problem}</li>
                ))}
              </ul>
            </PanelSection>
          )}
          <Ways title="Before" ways={waysBefore(pipeline)} />
          <Ways title="After" ways={waysAfter(pipeline)} />
          <PanelSection>
            <div className={classes.foot}>
              <span className="lw-small lw-muted">
                Digest{fixedSince ? ", fixed since the version was first deployed" : ""}
              </span>
              <code>{digest}</code>
            </div>
          </PanelSection>
        </>
      )}
    </Panel>
  );
}

function Ways({ title, ways }: { title: string; ways: PipelineWay[] }) {
  if (ways.length === 0) return null;
  return (
    <PanelSection title={title}>
      {ways.map(({ from, steps, to }) => (
        <div className={classes.way} key={`${from} ${to}`}>
          <div>
            <code>{from}</code> <span className="lw-muted">to</span> <code>{to}</code>
          </div>
          {steps.length > 0 && (
            <ol className={classes.steps}>
              {steps.map((step, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
                <li key={place}>{step}</li>
              ))}
            </ol>
          )}
        </div>
      ))}
    </PanelSection>
  );
}
