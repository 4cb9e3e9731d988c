import { Sparkline } from "#components/charts/sparkline.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Backlog } from "#server/serve/tasks/contract.ts";

/** Shows queue length and waiting time, the throughput of the last hour, and the dead letters, which need someone to act. */
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
        label="Oldest waiting"
        value={oldestSeconds === null ? "0" : formatDuration(oldestSeconds * 1000)}
        comparison={oldestSeconds === null ? "queue is empty" : "since submission"}
      />
      <MetricTile
        label="Succeeded"
        value={formatCount(succeededLastHour)}
        comparison="last hour"
        sparkline={<Sparkline points={succeeded.map((value, at) => ({ at, value }))} />}
      />
      <MetricTile
        label="Time to result"
        value={medianSeconds === null ? null : formatDuration(medianSeconds * 1000)}
        comparison="median over the last hour, including queue time"
      />
      <MetricTile
        label="Dead letters"
        value={formatCount(backlog.deadLetters)}
        comparison={`${plural(backlog.failedLastHour, "task")} failed in the last hour`}
        badge={backlog.deadLetters > 0 && <StatusBadge state="watch">View</StatusBadge>}
      />
    </MetricStrip>
  );
}
