import { formatCount, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { money } from "#components/watch/cost/money-text.ts";
import type { EndCause, StopRequest } from "#server/improve/training/contract.ts";
import type { JobListRow, SweepListRow } from "#server/improve/training/overview/contract.ts";
import { endLabels } from "./job-labels.ts";
import { totalSteps } from "./job-progress.ts";

type ShownJob = Pick<
  JobListRow,
  "state" | "waiting" | "cause" | "message" | "stopRequest" | "lastStep" | "parameters"
> & {
  attention?: string | null;
};

/** Says why a job waits, how far it is, or how it ended. */
export function describeJob(job: ShownJob): string {
  const { state, waiting, stopRequest, lastStep } = job;
  switch (state) {
    case "waiting":
      return waiting?.words ?? "Starts within seconds.";
    case "submitting":
      return stopRequest ? describeStop(stopRequest) : "Submitted; its program has not started.";
    case "running":
    case "resuming":
      if (stopRequest) return describeStop(stopRequest);
      if (state === "resuming") return waiting?.words ?? "Resumes from its newest checkpoint.";
      return lastStep === null ? "No step logged yet." : describeStep(lastStep, totalSteps(job.parameters));
    default:
      return describeEnd(job);
  }
}

function describeStop({ cause, byName, reason }: Pick<StopRequest, "cause" | "byName" | "reason">): string {
  const who = `${cause === "preempted" ? "Preempted" : "Stopping: asked"} by ${byName}`;
  const text = reason ? `${who}: ${reason}` : who;
  return text.endsWith(".") ? text : `${text}.`;
}

/** Formats "step 35,204 of 40,320". */
function describeStep(step: number, total: number | null): string {
  return total === null ? `step ${formatCount(step)}` : `step ${formatCount(step)} of ${formatCount(total)}`;
}

function describeEnd({ cause, message, stopRequest }: ShownJob): string {
  if (cause === "cancelled" && stopRequest) {
    return `By ${stopRequest.byName}${stopRequest.reason ? `: ${stopRequest.reason}` : ""}`;
  }
  if (message) return message;
  return cause === null ? noValue : capitalised(endLabels[cause]);
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Formats "3, preempted 2×": how often a job started, and why not once only. */
export function describeAttempts(attempts: readonly { cause: EndCause | null }[]): string {
  if (attempts.length === 0) return noValue;
  const parts = (["preempted", "lost", "failed"] as const).flatMap((cause) => {
    const count = attempts.filter((each) => each.cause === cause).length;
    return count > 0 && attempts.length > 1 ? [`${endLabels[cause]} ${count}×`] : [];
  });
  return [String(attempts.length), ...parts].join(", ");
}

/** Formats "€1.47 of €2.88", "up to €5.20" before it starts. */
export function describeCost({
  state,
  cost,
  costCurrency,
  estimate,
  currency,
}: Pick<JobListRow, "state" | "cost" | "costCurrency" | "estimate" | "currency">): string {
  // A limit of money without any price has no currency.
  if (state === "waiting") return estimate === null || !currency ? noValue : `up to ${money(estimate, currency)}`;
  const spent = money(cost, costCurrency);
  const isOpen = state === "submitting" || state === "running" || state === "resuming";
  const hasLimit = isOpen && cost !== null && estimate !== null && currency === costCurrency;
  return hasLimit ? `${spent} of ${money(estimate, currency)}` : spent;
}

/** What a sweep has cost so far; its trials have no estimate in common. */
export const describeSpent = ({ cost, costCurrency }: Pick<SweepListRow, "cost" | "costCurrency">): string =>
  money(cost, costCurrency);

/** How long a sweep takes, from its start. @param now milliseconds since 1970 */
export const sweepDuration = ({ createdAt, endedAt }: Pick<SweepListRow, "createdAt" | "endedAt">, now: number) =>
  formatDuration(Math.max(0, (endedAt?.getTime() ?? now) - createdAt.getTime()));

/** How long a job waits or takes: from its submit while it is queued, else from its first start. @param now milliseconds since 1970 */
export function jobDuration(
  { state, submittedAt, startedAt, endedAt }: Pick<JobListRow, "state" | "submittedAt" | "startedAt" | "endedAt">,
  now: number,
): string {
  const from = state === "waiting" || startedAt === null ? submittedAt : startedAt;
  return formatDuration(Math.max(0, (endedAt?.getTime() ?? now) - from.getTime()));
}

/** Says how many jobs run and wait, for the head of the list; each trial of a sweep is one. */
export function describeCounts({ running, queued, ended }: { running: number; queued: number; ended: number }): string {
  return `${plural(running, "job")} running, ${formatCount(queued)} queued, ${plural(ended, "ended", "ended")} in the last 24 h`;
}
