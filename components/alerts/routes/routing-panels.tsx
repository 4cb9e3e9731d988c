import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { InhibitRule, RoutingRevision, TimeInterval } from "#server/alerts/routing/contract.ts";
import { Matchers } from "../silences/silences-table.tsx";
import { RestoreRouting, type RestoreRoutingProps } from "./restore-routing.tsx";
import { intervalWords } from "./routing-words.ts";

const inhibition: Column<InhibitRule>[] = [
  { key: "name", head: "Rule", cell: ({ name }) => name || <span className="lw-quiet">without a name</span> },
  { key: "source", head: "While one fires of", cell: ({ sourceMatchers }) => <Matchers of={sourceMatchers} /> },
  { key: "target", head: "These are muted", cell: ({ targetMatchers }) => <Matchers of={targetMatchers} /> },
  {
    key: "equal",
    head: "With the same",
    cell: ({ equal }) => equal.join(", ") || <span className="lw-quiet">any</span>,
  },
];

/** Which alerts mute which. */
export function InhibitionPanel({ rules }: { rules: readonly InhibitRule[] }) {
  return (
    <Panel title="Inhibition" subtitle="an alert that explains others mutes them" flush>
      <DataTable
        label="Inhibition rules"
        rows={rules}
        columns={inhibition}
        rowKey={(rule) => JSON.stringify(rule)}
        density="dense"
        empty={<EmptyState title="No alert mutes another" />}
      />
    </Panel>
  );
}

const times: Column<TimeInterval>[] = [
  { key: "name", head: "Name", cell: ({ name }) => name },
  { key: "when", head: "When", cell: intervalWords },
];

/** Times at which routes are muted, or at which alone they tell. */
export function TimesPanel({ intervals }: { intervals: readonly TimeInterval[] }) {
  return (
    <Panel id="times" title="Mute times" subtitle="routes name them" flush>
      <DataTable
        label="Time intervals"
        rows={intervals}
        columns={times}
        rowKey={({ name }) => name}
        density="dense"
        empty={<EmptyState title="No times are named" />}
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

/** Every routing that was saved, with who and why. */
export function RevisionsPanel({ revisions, current, actorName, save }: RevisionsPanelProps) {
  const columns: Column<RoutingRevision>[] = [
    {
      key: "revision",
      head: "Revision",
      cell: ({ revision }) => (
        <>
          {revision} {revision === current && <Tag tone="accent">holds</Tag>}
        </>
      ),
    },
    { key: "why", head: "Why", cell: ({ reason }) => reason },
    { key: "who", head: "By", cell: ({ changedBy }) => changedBy },
    { key: "when", head: "When", cell: ({ at }) => <RelativeTime at={at} /> },
    {
      key: "act",
      head: "",
      cell: ({ revision, routing }) =>
        save && revision !== current && <RestoreRouting {...{ revision, routing, current, actorName, save }} />,
    },
  ];
  return (
    <Panel id="revisions" title="Revisions" subtitle="newest first" flush>
      <DataTable
        label="Revisions of the routes"
        rows={revisions}
        columns={columns}
        rowKey={({ revision }) => String(revision)}
        density="dense"
        empty={<EmptyState title="The routes were never changed" />}
      />
    </Panel>
  );
}
