import classes from "#components/alerting/alerts/alerts.module.css";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { SilenceRecurrence } from "#server/alerting/alerts/silences/contract.ts";
import { EndRecurrence } from "./expire-silence.tsx";
import { describeRule } from "./recurrence-text.ts";
import { Matchers } from "./silences-table.tsx";

interface RecurrencesTableProps {
  recurrences: readonly SilenceRecurrence[];
  end?: React.ComponentProps<typeof EndRecurrence>["end"] | undefined;
}

/** Renders recurring silences, with their next starts in their local time. */
export function RecurrencesTable({ recurrences, end }: RecurrencesTableProps) {
  const columns: Column<SilenceRecurrence>[] = [
    { key: "matchers", head: "Matchers", cell: ({ matchers }) => <Matchers of={matchers} /> },
    {
      key: "state",
      head: "State",
      cell: ({ endedAt }) => (
        <StatusBadge state={endedAt ? "finished" : "running"}>{endedAt ? "Ended" : "Next occurrence"}</StatusBadge>
      ),
    },
    {
      key: "rule",
      head: "Repeats",
      width: 150,
      isText: true,
      cell: ({ rule, timeZone }) => <span title={rule}>{`${describeRule(rule)}, ${timeZone} time`}</span>,
    },
    { key: "lasts", head: "Duration", cell: ({ durationMs }) => formatDuration(durationMs) },
    { key: "next", head: "Next", cell: nextStarts },
    { key: "why", head: "Reason", width: 150, isText: true, cell: ({ comment }) => comment },
    { key: "who", head: "By", cell: ({ createdBy }) => createdBy },
    {
      key: "made",
      head: "Created",
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      key: "act",
      head: "",
      cell: ({ id, endedAt }) => end && !endedAt && <EndRecurrence recurrenceId={id} end={end} />,
    },
  ];
  return (
    <DataTable
      label="Recurring silences"
      rows={recurrences}
      columns={columns}
      rowKey={({ id }) => id}
      density="dense"
    />
  );
}

function nextStarts({ next, timeZone }: SilenceRecurrence) {
  if (next.length === 0) return <span className="lw-quiet">none</span>;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (
    <span className={classes.starts}>
      {next
        .slice(0, 3)
        .map((start) => format.format(start).replaceAll(" ", "\u00a0"))
        .join(" · ")}
    </span>
  );
}
