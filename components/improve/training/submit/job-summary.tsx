import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { money } from "#components/watch/cost/money-text.ts";
import type { JobSpec } from "#server/improve/training/contract.ts";
import type { EngineFit, JobPreview } from "#server/improve/training/fit/contract.ts";
import classes from "../forms.module.css";
import { describeResources } from "../job/facts-panels.tsx";

interface JobSummaryProps {
  spec: JobSpec | undefined;
  engine: EngineFit | undefined;
  preview: JobPreview | undefined;
  refusal: string | undefined;
}

/** Says what would happen when the job is submitted. */
export function JobSummary({ spec, engine, preview, refusal }: JobSummaryProps) {
  return (
    <Panel title="Summary" className={classes.summary}>
      {refusal !== undefined && (
        <p>
          <StatusBadge state="watch">Not ready</StatusBadge> {refusal}
        </p>
      )}
      {spec && (
        <dl className="lw-facts">
          <dt>Start</dt>
          <dd>{engine ? (engine.problem ?? `${engine.starts} on ${engine.name}`) : "choose an engine"}</dd>
          <dt>Machines</dt>
          <dd>{describeResources(spec.resources)}</dd>
          <dt>Duration</dt>
          <dd>at most {formatDuration(spec.limits.hours * 3_600_000)}, all attempts together</dd>
          <dt>Cost</dt>
          <dd>{describeCost(preview)}</dd>
          <dt>Checkpoints</dt>
          <dd>
            the last {spec.checkpoints.keepLast}
            {spec.checkpoints.best && `, and the best by ${spec.checkpoints.best.metric},`} are kept
          </dd>
          <dt>Preemption</dt>
          <dd>resumes from the newest checkpoint, at most {plural(spec.limits.maxPreemptions, "time")}</dd>
          <dt>Failure</dt>
          <dd>
            {spec.limits.maxFailures === 0
              ? "no retry"
              : `at most ${plural(spec.limits.maxFailures, "retry", "retries")}`}
          </dd>
          <dt>At a limit</dt>
          <dd>{spec.limits.graceSeconds} s to save, then it is stopped</dd>
          <dt>Result</dt>
          <dd>
            {spec.registerAs === null
              ? "a finished run; nothing is registered or deployed"
              : `a version of ${spec.registerAs}; nothing is deployed`}
          </dd>
          {preview?.budgets.map(({ amount, left, month, isOver }) => (
            <div key={month} style={{ display: "contents" }}>
              <dt>Budget</dt>
              <dd>
                {left} of {amount} left in {month}
                {isOver && (
                  <>
                    {" "}
                    <StatusBadge state="watch">The job would be queued until next month.</StatusBadge>
                  </>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}

function describeCost(preview: JobPreview | undefined): string {
  if (!preview) return "…";
  const { estimate, max, currency, earlierJobs } = preview;
  if (estimate === null || currency === null) return "unknown: its machines have no price";
  const most = `at most ${money(max, currency)}`;
  if (earlierJobs === 0) return most;
  return `about ${money(estimate, currency)}, by ${plural(earlierJobs, "earlier job")}; ${most}`;
}
