import type { ReactNode } from "react";
import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { rolloutHref } from "#components/release/rollouts/addresses.ts";
import { formatCount, noValue, truncateMiddle } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { RetrainingCycleDetails } from "#server/improve/retraining/cycles/contract.ts";
import { jobHref } from "../training/addresses.ts";
import { cycleStateLabels } from "./cycle-text.ts";
import classes from "./retraining.module.css";

/** Shows what spoke for a cycle: each piece of evidence, or the person who asked for it. */
export function EvidencePanel({ cycle }: { cycle: RetrainingCycleDetails }) {
  const { evidence, requestedBy, requestReason } = cycle;
  return (
    <Panel title="Trigger" subtitle={requestedBy === null ? "evidence found by the policy" : "by a person"}>
      <ul className={classes.list}>
        {requestedBy !== null && (
          <li>
            {requestedBy}: {requestReason}
          </li>
        )}
        {evidence.map(({ key, words }) => (
          <li key={key}>{words}</li>
        ))}
      </ul>
    </Panel>
  );
}

/** Shows what a cycle has made so far, each thing with a link to it. */
export function PartsPanel({ cycle }: { cycle: RetrainingCycleDetails }) {
  const { model, endpoint, parts, championVersion, candidateVersion } = cycle;
  const { data, job, rollout } = parts;
  return (
    <Panel title="Lineage" subtitle="from the rows to the release">
      <dl className="lw-facts">
        <dt>Rows</dt>
        <dd>{data?.version ? formatCount(data.version.rows) : (data?.problem ?? noValue)}</dd>
        <dt>Dataset</dt>
        <dd>
          {data?.version ? (
            <Link href={datasetHref(data.version.name, data.version.digest)}>
              {data.version.name} <code>{truncateMiddle(data.version.digest)}</code>
            </Link>
          ) : (
            noValue
          )}
        </dd>
        <dt>Job</dt>
        <dd>{job ? <Link href={jobHref(job.id)}>{job.name}</Link> : noValue}</dd>
        <dt>Candidate</dt>
        <dd>
          {candidateVersion === null ? (
            noValue
          ) : (
            <Link href={versionHref(model, candidateVersion)}>v{candidateVersion}</Link>
          )}
        </dd>
        <dt>Deployed before</dt>
        <dd>
          <Link href={versionHref(model, championVersion)}>v{championVersion}</Link>
        </dd>
        <dt>Rollout</dt>
        <dd>{rollout ? <Link href={rolloutHref(rollout.id)}>to {endpoint.name}</Link> : noValue}</dd>
      </dl>
    </Panel>
  );
}

/** Shows how candidate and champion compare on the same rows, and what follows. */
export function CandidatePanel({ cycle }: { cycle: RetrainingCycleDetails }) {
  const { model, parts, candidateVersion, championVersion } = cycle;
  const { comparison } = parts;
  return (
    <Panel
      title="Candidate"
      subtitle={candidateVersion === null ? undefined : `v${candidateVersion} and v${championVersion}, same rows`}
      right={
        candidateVersion !== null &&
        comparison && (
          <Link href={evaluationHref({ name: model, version: candidateVersion }, "compare", { base: championVersion })}>
            Compare
          </Link>
        )
      }
    >
      {comparison ? (
        <ul className={classes.list}>
          {comparison.problem !== null && <Reason isGood={false}>{comparison.problem}</Reason>}
          {comparison.acceptance?.reasons.map(({ code, words }) => (
            <Reason isGood={comparison.acceptance?.verdict === "accept"} key={`${code} ${words}`}>
              {words}
            </Reason>
          )) ??
            (comparison.problem === null && <li className="lw-muted">Both versions are being evaluated.</li>)}
        </ul>
      ) : (
        <EmptyState title={cycle.endedAt === null ? "Not compared yet" : "Not compared"}>
          {cycle.endedAt === null
            ? "Versions are compared once the job has registered a candidate."
            : "The cycle ended without a candidate."}
        </EmptyState>
      )}
    </Panel>
  );
}

function Reason({ isGood, children }: { isGood: boolean; children: ReactNode }) {
  return (
    <li>
      <StatusShape state={isGood ? "on-target" : "missed"} /> {children}
    </li>
  );
}

/** Lists the steps of a cycle in their order, each with what it left behind. */
export function StepsPanel({ cycle: { steps } }: { cycle: RetrainingCycleDetails }) {
  return (
    <Panel title="Steps" flush>
      <ol className={classes.log}>
        {steps.map(({ state, words, at }, index) => (
          <li key={state}>
            <span className={classes.when}>
              <RelativeTime at={at} />
            </span>
            <StatusShape state={index < steps.length - 1 ? "finished" : cycleStateLabels[state].state} />
            <span>
              {cycleStateLabels[state].word}
              {words !== "" && <span className={classes.hold}>{words}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
