import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { InhibitRule, RoutingRevision, TimeInterval } from "#server/alerting/alerts/routing/contract.ts";
import { Matchers } from "../silences/silences-table.tsx";
import { RestoreRouting, type RestoreRoutingProps } from "./restore-routing.tsx";
import { formatInterval } from "./route-lines.ts";

const inhibition: Column<InhibitRule>[] = [
  { key: "name", head: "Rule", cell: ({ name }) => name || <span className="lw-quiet">unnamed</span> },
  { key: "source", head: "While firing", cell: ({ sourceMatchers }) => <Matchers of={sourceMatchers} /> },
  { key: "target", head: "Inhibited alerts", cell: ({ targetMatchers }) => <Matchers of={targetMatchers} /> },
  {
    key: "equal",
    head: "Equal labels",
    cell: ({ equal }) => equal.join(", ") || <span className="lw-quiet">any</span>,
  },
];

/** Lists the inhibition rules: which alerts mute which. */
export function InhibitionPanel({ rules }: { rules: readonly InhibitRule[] }) {
  return (
    <Panel title="Inhibition" subtitle="an alert that explains others inhibits them" flush>
      <DataTable
        label="Inhibition rules"
        rows={rules}
        columns={inhibition}
        rowKey={(rule) => JSON.stringify(rule)}
        density="dense"
        empty={<EmptyState title="No inhibition rules" />}
      />
    </Panel>
  );
}

const times: Column<TimeInterval>[] = [
  { key: "name", head: "Name", cell: ({ name }) => name },
  { key: "when", head: "When", cell: formatInterval },
];

/** Times at which routes are muted, or at which alone they tell. */
export function TimesPanel({ intervals }: { intervals: readonly TimeInterval[] }) {
  return (
    <Panel id="times" title="Mute time intervals" subtitle="referenced by routes" flush>
      <DataTable
        label="Time intervals"
        rows={intervals}
        columns={times}
        rowKey={({ name }) => name}
        density="dense"
        empty={<EmptyState title="No time intervals" />}
      />
    </Panel>
  );
}

interface RevisionsPanelProps {
  revisions: readonly RoutingRevision[];
  current: number;
  actorName: string;
  save: RestoreRoutingProps["save"] | undefined;
}

/** Renders all saved revisions of the routing, with author and reason. */
export function RevisionsPanel({ revisions, current, actorName, save }: RevisionsPanelProps) {
  const columns: Column<RoutingRevision>[] = [
    {
      key: "revision",
      head: "Revision",
      cell: ({ revision }) => (
        <>
          {revision} {revision === current && <Tag tone="accent">active</Tag>}
        </>
      ),
    },
    { key: "why", head: "Reason", cell: ({ reason }) => reason },
    { key: "who", head: "By", cell: ({ changedBy }) => changedBy },
    { key: "when", head: "When", cell: ({ at }) => <RelativeTime at={at} /> },
    {
      key: "act",
      head: "",
      cell: ({ revision, routing }) =>
        save &&
        revision !== current && (
          <RestoreRouting revision={revision} routing={routing} current={current} actorName={actorName} save={save} />
        ),
    },
  ];
  return (
    <Panel id="revisions" title="Revisions" subtitle="newest first" flush>
      <DataTable
        label="Route revisions"
        rows={revisions}
        columns={columns}
        rowKey={({ revision }) => String(revision)}
        density="dense"
        empty={<EmptyState title="The routes have never been changed" />}
      />
    </Panel>
  );
}
