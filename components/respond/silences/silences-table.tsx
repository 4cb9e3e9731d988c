import classes from "#components/alerting/alerts/alerts.module.css";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { printMatcher } from "#server/alerting/alerts/matchers/contract.ts";
import type { Silence } from "#server/alerting/alerts/silences/contract.ts";
import { ExpireSilence, type ExpireSilenceProps } from "./expire-silence.tsx";

const stateLabels: Record<Silence["state"], [State, string]> = {
  active: ["paused", "Active"],
  pending: ["not-started", "Pending"],
  expired: ["finished", "Expired"],
};

interface SilencesTableProps {
  silences: readonly Silence[];
  /** Id of the silence named in the URL. */
  named?: string | undefined;
  expire?: ExpireSilenceProps["expire"] | undefined;
  empty: React.ReactNode;
}

/** Renders silences with their author and reason, and the alerts that they mute. */
export function SilencesTable({ silences, named, expire, empty }: SilencesTableProps) {
  const columns: Column<Silence>[] = [
    { key: "matchers", head: "Matchers", cell: ({ matchers }) => <Matchers of={matchers} /> },
    {
      key: "state",
      head: "State",
      cell: ({ state, id }) => (
        <>
          <StatusBadge state={stateLabels[state][0]}>{stateLabels[state][1]}</StatusBadge>{" "}
          {id === named && <Tag tone="accent">this occurrence</Tag>}
        </>
      ),
    },
    { key: "who", head: "By", cell: ({ createdBy }) => createdBy },
    {
      key: "why",
      head: "Reason",
      cell: ({ comment, recurrenceId }) => (
        <>
          {comment} {recurrenceId && <Link href="/alerts/silences#recurring">recurring</Link>}
        </>
      ),
    },
    { key: "from", head: "From", cell: ({ startsAt }) => <RelativeTime at={startsAt} /> },
    { key: "until", head: "Until", cell: ({ endsAt }) => <RelativeTime at={endsAt} /> },
    { key: "muting", head: "Muting now", align: "right", cell: ({ muting }) => muting },
    { key: "muted", head: "Total muted", align: "right", cell: ({ muted }) => muted },
    {
      key: "act",
      head: "",
      cell: ({ id, state }) => expire && state !== "expired" && <ExpireSilence silenceId={id} expire={expire} />,
    },
  ];
  return (
    <DataTable
      label="Silences"
      rows={silences}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => `/alerts/silences/${id}`}
      empty={empty}
    />
  );
}

/** Matchers as they are written, each as a tag. */
export function Matchers({ of }: { of: Silence["matchers"] }) {
  return (
    <span className={classes.tags}>
      {of.map((matcher) => (
        <Tag mono key={printMatcher(matcher)}>
          {printMatcher(matcher)}
        </Tag>
      ))}
    </span>
  );
}
