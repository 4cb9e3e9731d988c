import { formatCount, formatNumber, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { money } from "#components/watch/cost/money-text.ts";
import type { JobHistory } from "#server/improve/training/history/contract.ts";
import type { TrainingJobDetails } from "#server/improve/training/jobs/contract.ts";
import type { JobProgress } from "../jobs/job-progress.ts";

/** Shows progress, speed, lost work, waiting and money of a job. */
export function JobTiles({
  job,
  history,
  progress,
  leftMs,
}: {
  job: TrainingJobDetails;
  history: JobHistory;
  progress: JobProgress | null;
  /** Time until it ends; null where that is unknown, or it does not run. */
  leftMs: number | null;
}) {
  const { lostSeconds, lostSteps, losses, queuedSeconds, spotSaved } = history;
  const last = progress?.step ?? null;
  // What the newest attempt lost depends on the checkpoint that the next one begins with.
  const isOpenLoss = waits(job.state) && job.attempts.length > losses.length;
  return (
    <MetricStrip>
      {progress?.total ? (
        <MetricTile
          label="Progress"
          value={formatPercent(progress.step / progress.total)}
          comparison={`${formatCount(progress.step)} of ${formatCount(progress.total)} steps`}
        />
      ) : (
        <MetricTile
          label="Step"
          value={last === null ? null : formatCount(last)}
          comparison={last === null ? "no step logged yet" : "log the parameter max_steps to see the total"}
        />
      )}
      <MetricTile
        label="Speed"
        value={progress?.stepsPerSecond ? formatNumber(progress.stepsPerSecond) : null}
        unit="steps/s"
        comparison={leftMs === null ? "of the newest attempt" : `about ${formatDuration(leftMs)} left`}
      />
      <MetricTile
        label="Work lost"
        value={
          isOpenLoss
            ? null
            : lostSeconds >= 1
              ? formatDuration(lostSeconds * 1000)
              : lostSteps === 0
                ? "none"
                : "< 1\u00a0s"
        }
        comparison={
          isOpenLoss
            ? "known when it resumes"
            : losses.length === 0
              ? "not interrupted"
              : `${lostSteps === null ? "steps not logged" : plural(lostSteps, "step")}, ${plural(losses.length, "interruption")}`
        }
      />
      <MetricTile
        label="Queued"
        value={formatDuration(Math.round(queuedSeconds) * 1000)}
        comparison={describeWaits(job, history)}
      />
      <MetricTile
        label="Cost"
        value={job.cost === null ? null : money(job.cost, job.costCurrency)}
        comparison={describeCost(job)}
      />
      <MetricTile
        label="Saved by spot"
        value={spotSaved === null ? null : money(spotSaved.amount, spotSaved.currency)}
        comparison={
          spotSaved !== null
            ? "compared with the same hours on demand"
            : job.spec.resources.spot
              ? "none so far, or no price set"
              : "spot machines not allowed"
        }
      />
    </MetricStrip>
  );
}

const waits = (state: TrainingJobDetails["state"]) =>
  state === "waiting" || state === "submitting" || state === "resuming";

function describeWaits({ state, attempts }: TrainingJobDetails, { losses }: JobHistory): string {
  if (!waits(state)) return plural(losses.length + 1, "time");
  return attempts.length === 0 ? "so far" : `${plural(losses.length + 2, "time")}, so far`;
}

/** Says how long it ran, and what it may take at most: "2 h 3 min, max €2.88 and 4 h". */
function describeCost({ startedAt, hours, cost, estimate, currency, costCurrency, spec }: TrainingJobDetails): string {
  const limit = spec.limits.cost === null ? "" : `${money(spec.limits.cost, costCurrency ?? currency)} and `;
  const most = `max ${limit}${formatDuration(spec.limits.hours * 3_600_000)}`;
  if (startedAt === null)
    return estimate === null ? `unknown, no price; ${most}` : `up to ${money(estimate, currency)}`;
  const ran = formatDuration(Math.round(hours * 3600) * 1000);
  return cost === null ? `unknown, no price; ran ${ran}` : `${ran}, ${most}`;
}
