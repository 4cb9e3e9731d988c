import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { EarlierGameDay, ExpectationResult, GameDayNotification } from "#server/respond/drills/contract.ts";
import { gameDayHref, gameDayName } from "./addresses.ts";
import {
  countResults,
  expectationLabels,
  formatSeconds,
  formatWithin,
  notificationLooks,
  resultLooks,
} from "./game-day-text.ts";

/** Lists what was expected beside what was measured. */
export function ExpectationsPanel({ results }: { results: readonly ExpectationResult[] }) {
  return (
    <Panel title="Expectations" subtitle={countResults(results)} flush>
      <DataTable
        label="Expectations"
        density="compact"
        rows={results}
        rowKey={({ what }) => what}
        columns={[
          { key: "what", head: "Expectation", cell: ({ what }) => <strong>{expectationLabels[what]}</strong> },
          {
            key: "within",
            head: "Within",
            align: "right",
            cell: ({ what, withinSeconds }) => formatWithin(what, withinSeconds),
          },
          { key: "measured", head: "Measured", align: "right", cell: ({ seconds }) => formatSeconds(seconds) },
          {
            key: "result",
            head: "Result",
            cell: ({ result }) => (
              <StatusBadge state={resultLooks[result].state}>{resultLooks[result].label}</StatusBadge>
            ),
          },
          { key: "evidence", head: "Evidence", cell: ({ evidence }) => evidence || noValue },
        ]}
      />
    </Panel>
  );
}

/** Lists who was notified, and who was not, with the reason. */
export function NotificationsPanel({ notifications }: { notifications: readonly GameDayNotification[] }) {
  return (
    <Panel title="Notifications" subtitle="sent and not sent" flush>
      <DataTable
        label="Notifications"
        density="compact"
        rows={notifications}
        rowKey={({ receiver, channel, state, seconds, reason }) =>
          `${receiver} ${channel} ${state} ${seconds} ${reason}`
        }
        empty={<EmptyState title="No notifications">No rule fired, or no route leads to a receiver.</EmptyState>}
        columns={[
          { key: "receiver", head: "Receiver", cell: ({ receiver }) => <strong>{receiver}</strong> },
          { key: "channel", head: "Channel", cell: ({ channel }) => channel || noValue },
          {
            key: "state",
            head: "State",
            cell: ({ state }) => (
              <StatusBadge state={notificationLooks[state].state}>{notificationLooks[state].label}</StatusBadge>
            ),
          },
          { key: "after", head: "After", align: "right", cell: ({ seconds }) => formatSeconds(seconds) },
          {
            key: "reason",
            head: "Reason",
            cell: ({ reason, href }) =>
              href === null ? reason || noValue : <Link href={href}>{reason || "trace"}</Link>,
          },
        ]}
      />
    </Panel>
  );
}

/** Lists game days of the same endpoint, newest first, by the time to notify. */
export function EarlierPanel({ endpoint, days }: { endpoint: string; days: readonly EarlierGameDay[] }) {
  return (
    <Panel title="Earlier game days" subtitle={`${endpoint}; time to notify and to acknowledge`} flush>
      <DataTable
        label="Earlier game days"
        density="compact"
        rows={days}
        rowKey={({ number }) => String(number)}
        rowHref={({ number }) => gameDayHref(number)}
        empty={<EmptyState title="No earlier game days">This was the first one on {endpoint}.</EmptyState>}
        columns={[
          { key: "name", head: "Game day", cell: ({ number }) => gameDayName(number) },
          { key: "date", head: "Date", cell: ({ startedAt }) => <Moment at={startedAt} /> },
          { key: "fault", head: "Fault", cell: ({ faultWords }) => faultWords },
          {
            key: "notified",
            head: "Notified",
            align: "right",
            cell: ({ notifiedSeconds }) => (notifiedSeconds === null ? "no one" : formatSeconds(notifiedSeconds)),
          },
          {
            key: "within",
            head: "Allowed",
            align: "right",
            cell: ({ notifiedWithinSeconds }) => formatSeconds(notifiedWithinSeconds),
          },
          {
            key: "acknowledged",
            head: "Acknowledged",
            align: "right",
            cell: ({ acknowledgedSeconds }) => formatSeconds(acknowledgedSeconds),
          },
          { key: "budget", head: "Error budget", align: "right", cell: ({ budgetUsed }) => formatPercent(budgetUsed) },
        ]}
      />
    </Panel>
  );
}

/** Shows what a training job lost to a game day. */
export function JobPanel({ job }: { job: { lostSteps: number | null; resumedSeconds: number | null } }) {
  return (
    <Panel title="Training job">
      <dl className="lw-facts">
        <dt>Steps lost</dt>
        <dd>{formatCount(job.lostSteps)}</dd>
        <dt>Resumed after</dt>
        <dd>{formatSeconds(job.resumedSeconds)}</dd>
      </dl>
    </Panel>
  );
}
