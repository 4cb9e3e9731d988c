import { Sparkline } from "#components/charts/sparkline.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Backlog } from "#server/serving/tasks/contract.ts";

/** How much waits and for how long, what the last hour brought, and what nobody will do by itself. */
export function BacklogStrip({ backlog }: { backlog: Backlog }) {
  const { queued, running, limit, oldestSeconds, succeeded, succeededLastHour, medianSeconds } = backlog;
  const isFull = queued + running >= limit;
  return (
    <MetricStrip>
      <MetricTile
        label="Backlog"
        value={formatCount(queued + running)}
        comparison={`${formatCount(running)} running; at most ${formatCount(limit)}`}
        badge={isFull && <StatusBadge state="missed">Full</StatusBadge>}
      />
      <MetricTile
        label="Waits longest"
        value={oldestSeconds === null ? "0" : formatDuration(oldestSeconds * 1000)}
        comparison={oldestSeconds === null ? "nothing waits" : "since its submission"}
      />
      <MetricTile
        label="Succeeded"
        value={formatCount(succeededLastHour)}
        comparison="in the last hour"
        sparkline={<Sparkline points={succeeded.map((value, at) => ({ at, value }))} />}
      />
      <MetricTile
        label="Time to answer"
        value={medianSeconds === null ? null : formatDuration(medianSeconds * 1000)}
        comparison="median of the last hour, with waiting"
      />
      <MetricTile
        label="Dead letters"
        value={formatCount(backlog.deadLetters)}
        comparison={`${plural(backlog.failedLastHour, "task")} failed in the last hour`}
        badge={backlog.deadLetters > 0 && <StatusBadge state="watch">Look at them</StatusBadge>}
      />
    </MetricStrip>
  );
}
