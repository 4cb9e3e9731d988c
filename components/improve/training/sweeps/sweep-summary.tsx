import { formatCount, formatNumber, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { money } from "#components/watch/cost/money-text.ts";
import type { EngineFit, SweepPreview } from "#server/improve/training/fit/contract.ts";
import { describeResources } from "../job/facts-panels.tsx";

interface SweepSummaryProps {
  engine: EngineFit | undefined;
  preview: SweepPreview | undefined;
  /** What is missing, or refused. */
  problem: string | undefined;
}

const hours = (count: number) => formatDuration(count * 3_600_000);

/** Says what would happen when the sweep is started. */
export function SweepSummary({ engine, preview, problem }: SweepSummaryProps) {
  return (
    <Panel title="Summary">
      {problem !== undefined && (
        <p>
          <StatusBadge state="watch">Not ready</StatusBadge> {problem}
        </p>
      )}
      {preview && (
        <dl className="lw-facts">
          <dt>Trials</dt>
          <dd>
            {plural(preview.trials, "job")}, {formatCount(preview.parallel)} in parallel
          </dd>
          <dt>Start</dt>
          <dd>{engine ? (engine.problem ?? `${engine.starts} on ${engine.name}`) : "choose an engine"}</dd>
          <dt>Machines</dt>
          <dd>{describeResources(preview.spec.resources)} for each trial</dd>
          <dt>Duration</dt>
          <dd>{describeHours(preview)}</dd>
          <dt>Cost</dt>
          <dd>{describeCost(preview)}</dd>
          <dt>Early ends</dt>
          <dd>
            {preview.rungs.length === 0
              ? "none"
              : `compared at ${preview.rungs.length === 1 ? "step" : "steps"} ${preview.rungs.map(formatCount).join(", ")}; trials that end there take less`}
          </dd>
          <dt>Result</dt>
          <dd>
            {preview.spec.registerAs === null
              ? "finished runs, nested in one; nothing is registered or deployed"
              : `each finished trial registers a version of ${preview.spec.registerAs}; nothing is deployed`}
          </dd>
          {preview.budgets.map(({ amount, left, month, isOver }) => (
            <div key={month} style={{ display: "contents" }}>
              <dt>Budget</dt>
              <dd>
                {left} of {amount} left in {month}
                {isOver && (
                  <>
                    {" "}
                    <StatusBadge state="watch">Trials beyond the budget would be queued until next month.</StatusBadge>
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

function describeHours({ hours: { max, usual }, earlierJobs }: SweepPreview): string {
  const most = `at most ${hours(max)}, when each trial reaches its limit`;
  return usual === null ? most : `about ${hours(usual)}, as 4 in 5 of ${earlier(earlierJobs)} took at most; ${most}`;
}

function describeCost({ estimate, max, currency, earlierJobs }: SweepPreview): string {
  if (estimate === null || currency === null) return "unknown: its machines have no price";
  const most = `at most ${money(max, currency)}`;
  return earlierJobs === 0 ? most : `about ${money(estimate, currency)}; ${most}`;
}

const earlier = (count: number) => (count <= 1 ? "1 earlier job" : `${formatNumber(count)} earlier jobs`);
