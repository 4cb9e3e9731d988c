import { noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { Watchdog } from "#server/alerting/watchdog/contract.ts";
import { intervalText } from "./intervals.ts";
import classes from "./watchdog.module.css";

const states: Record<Watchdog["state"], { shape: State; label: string }> = {
  off: { shape: "not-started", label: "Off" },
  waiting: { shape: "watch", label: "Waiting for the first delivery" },
  delivered: { shape: "on-target", label: "Delivered" },
  late: { shape: "missed", label: "Late" },
};

/** Shows where the watchdog goes, and when it last arrived. @param right control for users who may change it */
export function WatchdogPanel({ watchdog, right }: { watchdog: Watchdog; right: React.ReactNode }) {
  const { receiver, intervalSeconds, lastDeliveredAt, state } = watchdog;
  const { shape, label } = states[state];
  return (
    <Panel title="Watchdog" subtitle="an always-firing alert for an external dead man's switch" right={right}>
      {receiver ? (
        <p className={classes.line}>
          <StatusBadge state={shape}>{label}</StatusBadge>
          <span>
            Sent to <strong>{receiver.name}</strong> every {intervalText(intervalSeconds)}.
          </span>
          <span className="lw-quiet">
            Last delivered {lastDeliveredAt ? <RelativeTime at={lastDeliveredAt} /> : noValue}
          </span>
        </p>
      ) : (
        <p className={classes.line}>
          <StatusBadge state={shape}>{label}</StatusBadge>
          <span>If Leeway stops paging, no one notices. Send a watchdog to an external dead man's switch.</span>
        </p>
      )}
    </Panel>
  );
}
