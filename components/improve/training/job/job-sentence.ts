import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { reachedStep } from "#server/improve/training/attempts/contract.ts";
import type { JobHistory } from "#server/improve/training/history/contract.ts";
import type { TrainingJobDetails } from "#server/improve/training/jobs/contract.ts";
import { describeJob } from "../jobs/job-text.ts";

/** Says in one or two sentences what a job does: why it waits, what was lost, when it ends, or how it ended. */
export function jobSentence(
  job: TrainingJobDetails,
  history: Pick<JobHistory, "lostSeconds">,
  leftMs: number | null,
): string {
  const now = describeJob({ ...job, lastStep: reachedStep(job.attempts), parameters: job.spec.parameters });
  // Why it waits is a sentence already, and may begin with the name of an engine.
  const parts = [interruptions(job, history.lostSeconds), job.waiting ? now : sentence(now)];
  if (job.state === "running" && !job.stopRequest && leftMs !== null) {
    parts.push(`About ${formatDuration(Math.max(1000, leftMs))} left.`);
  }
  return parts.filter(Boolean).join(" ");
}

function interruptions({ preemptions, losses, failures, state }: TrainingJobDetails, lostSeconds: number): string {
  const counts = [
    preemptions > 0 && `preempted ${times(preemptions)}`,
    losses > 0 && `lost ${times(losses)}`,
    failures > 0 && state !== "failed" && `failed ${times(failures)}`,
  ].filter((each) => each !== false);
  if (counts.length === 0) return "";
  const work = lostSeconds >= 1 ? `; ${formatDuration(lostSeconds * 1000)} of work lost` : "";
  return `${sentence(counts.join(", ")).slice(0, -1)}${work}.`;
}

const times = (count: number) => (count === 1 ? "once" : count === 2 ? "twice" : plural(count, "time"));

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
