import type { ReactNode } from "react";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { VersionPipeline } from "#server/develop/registry/pipeline/contract.ts";
import classes from "./pipeline-panel.module.css";
import { type PipelineWay, waysAfter, waysBefore } from "./pipeline-text.ts";

interface PipelinePanelProps {
  version: VersionPipeline;
  /** Edit button; absent for users without permission. */
  edit?: ReactNode;
}

/** Shows the preprocessing and postprocessing of a version, and the digest recorded with each prediction through it. */
export function PipelinePanel({ version, edit }: PipelinePanelProps) {
  const { pipeline, digest, problems, featureProblems, fixedSince } = version;
  return (
    <Panel title="Pipeline" subtitle="pre- and postprocessing" right={edit} flush>
      {!pipeline ? (
        <EmptyState title="Clients send and receive raw model tensors">
          {fixedSince
            ? "This version was deployed without a pipeline. Register a new version to add one."
            : "A pipeline lets clients send images or named columns and receive labels."}
        </EmptyState>
      ) : (
        <>
          <Problems title="Does not match the model signature, so the version cannot be deployed" problems={problems} />
          <Problems
            title="Features cannot be looked up: they count as missing, and the version cannot be deployed"
            problems={featureProblems}
          />
          <Ways title="Preprocessing" ways={waysBefore(pipeline)} />
          <Ways title="Postprocessing" ways={waysAfter(pipeline)} />
          <PanelSection>
            <div className={classes.foot}>
              <span className="lw-small lw-muted">Digest{fixedSince ? ", locked since the first deployment" : ""}</span>
              <code>{digest}</code>
            </div>
          </PanelSection>
        </>
      )}
    </Panel>
  );
}

function Problems({ title, problems }: { title: string; problems: readonly string[] }) {
  if (problems.length === 0) return null;
  return (
    <PanelSection>
      <StatusBadge state="missed">{title}</StatusBadge>
      <ul className={classes.complaints}>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </PanelSection>
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
              {steps.map((step, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
                <li key={index}>{step}</li>
              ))}
            </ol>
          )}
        </div>
      ))}
    </PanelSection>
  );
}
