import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { trainingSetHref } from "../../addresses/training-set-href.ts";
import { workStates } from "../work-state.ts";
import { describeCutoff, failuresOf } from "./training-set-text.ts";

const columns: Column<TrainingSet>[] = [
  { key: "name", head: "Dataset", cell: ({ name }) => <strong>{name}</strong> },
  {
    key: "state",
    head: "State",
    cell: ({ state }) => <StatusBadge state={workStates[state].state}>{workStates[state].word}</StatusBadge>,
  },
  {
    key: "rows",
    head: "Rows",
    align: "right",
    cell: ({ state, rowsDone, rowsTotal }) => (state === "done" ? formatCount(rowsDone) : formatCount(rowsTotal)),
  },
  { key: "features", head: "Features", align: "right", cell: ({ request }) => formatCount(request.features.length) },
  {
    key: "views",
    head: "Views",
    isClipped: true,
    width: 280,
    cell: ({ request }) => [...new Set(request.views.map(({ view, version }) => `${view} v${version}`))].join(", "),
  },
  { key: "cutoff", head: "Cut-off", isClipped: true, width: 140, cell: ({ request }) => describeCutoff(request) },
  { key: "leaks", head: "Leak check", cell: (set) => <Leaks set={set} /> },
  { key: "by", head: "Created by", cell: ({ createdBy }) => createdBy },
  { key: "at", head: "Created", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

/** Lists training sets. */
export function TrainingSetsTable({ sets, foot }: { sets: TrainingSet[]; foot?: ReactNode }) {
  return (
    <DataTable
      label="Training sets"
      rows={sets}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => trainingSetHref(id)}
      foot={foot}
    />
  );
}

function Leaks({ set }: { set: TrainingSet }) {
  const failed = failuresOf(set).length;
  if (failed > 0) return <StatusBadge state="missed">{`${failed} failed`}</StatusBadge>;
  return set.state === "done" ? <StatusBadge state="on-target">Passed</StatusBadge> : noValue;
}
