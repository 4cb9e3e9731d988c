import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { TurnTime } from "#components/ui/turn-time.tsx";
import type { ScheduleSummary } from "#server/respond/oncall/schedules/contract.ts";

const columns: Column<ScheduleSummary>[] = [
  { key: "name", head: "Schedule", cell: ({ name }) => name },
  {
    key: "team",
    head: "Team",
    cell: ({ team }) => team?.name ?? <span className="lw-quiet">services without a team</span>,
  },
  {
    key: "now",
    head: "On call now",
    cell: ({ now, timeZone }) =>
      now ? (
        <>
          <strong>{now.name}</strong>
          {now.until && (
            <span className="lw-muted">
              {" "}
              until <TurnTime at={now.until} timeZone={timeZone} />
            </span>
          )}
        </>
      ) : (
        <StatusBadge state="missed">No one</StatusBadge>
      ),
  },
  {
    key: "next",
    head: "Then",
    cell: ({ next, timeZone }) =>
      next ? (
        <>
          {next.name}{" "}
          <span className="lw-muted">
            from <TurnTime at={next.from} timeZone={timeZone} />
          </span>
        </>
      ) : (
        <span className="lw-quiet">no one</span>
      ),
  },
  { key: "zone", head: "Time zone", cell: ({ timeZone }) => <span className="lw-muted">{timeZone}</span> },
  {
    key: "warnings",
    head: "Next four weeks",
    cell: ({ warnings: [first] }) =>
      first ? <StatusBadge state="watch">{first}</StatusBadge> : <StatusBadge state="on-target">No gaps</StatusBadge>,
  },
];

/** Renders schedules with the current and the next on-call engineer, and the first gap. */
export function SchedulesTable({ schedules }: { schedules: readonly ScheduleSummary[] }) {
  return (
    <DataTable
      label="Schedules"
      rows={schedules}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => `/on-call/schedules/${id}`}
    />
  );
}
