import { formatCount, formatNumber, formatPercent, noValue, plural } from "#components/ui/format.ts";
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
}: {
  job: TrainingJobDetails;
  history: JobHistory;
  progress: JobProgress | null;
}) {
  const { limits } = job.spec;
  const { lostSeconds, lostSteps, losses, queuedSeconds, spotSaved } = history;
  const limit = limits.cost === null ? null : money(limits.cost, job.costCurrency ?? job.currency);
  const last = progress?.step ?? null;
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
          comparison={last === null ? "no step logged yet" : "a parameter max_steps would say of how many"}
        />
      )}
      <MetricTile
        label="Speed"
        value={progress?.stepsPerSecond ? formatNumber(progress.stepsPerSecond) : null}
        unit="steps/s"
        comparison={
          progress?.leftMs == null ? "of the newest attempt" : `about ${formatDuration(progress.leftMs)} left`
        }
      />
      <MetricTile
        label="Work lost"
        value={lostSeconds < 1 ? "none" : formatDuration(lostSeconds * 1000)}
        comparison={
          losses.length === 0
            ? "not interrupted"
            : `${lostSteps === null ? "steps not logged" : plural(lostSteps, "step")}, ${plural(losses.length, "interruption")}`
        }
      />
      <MetricTile
        label="Queued"
        value={formatDuration(Math.round(queuedSeconds) * 1000)}
        comparison={plural(losses.length + 1, "time")}
      />
      <MetricTile
        label="Cost"
        value={job.cost === null ? null : money(job.cost, job.costCurrency)}
        comparison={
          job.cost === null
            ? `cost unknown: no price; ${formatNumber(job.hours)} h`
            : `${formatNumber(job.hours)} h, max ${limit ?? noValue} and ${formatNumber(limits.hours)} h`
        }
      />
      <MetricTile
        label="Saved by spot"
        value={spotSaved === null ? null : money(spotSaved.amount, spotSaved.currency)}
        comparison={spotSaved === null ? "not on spot machines, or no price" : "against the same hours on demand"}
      />
    </MetricStrip>
  );
}
