import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { DatasetSummary } from "#server/develop/datasets/contract.ts";
import { datasetHref } from "../addresses/dataset-href.ts";
import { CheckState } from "./check-state.tsx";
import classes from "./datasets.module.css";

const columns: Column<DatasetSummary>[] = [
  { key: "name", head: "Dataset", cell: (row) => <strong className={classes.name}>{row.name}</strong> },
  {
    key: "check",
    head: "Contract status (latest version)",
    cell: (row) =>
      row.newest ? (
        <CheckState check={currentCheck(row)} hasContract={row.contractRevision !== null} />
      ) : (
        <StatusBadge state="no-data">No versions yet</StatusBadge>
      ),
  },
  { key: "rows", head: "Rows", align: "right", cell: (row) => formatCount(row.newest?.rows) },
  { key: "versions", head: "Versions", align: "right", cell: (row) => formatCount(row.versions) },
  {
    key: "heard",
    head: "Since",
    cell: (row) => (row.newest ? <RelativeTime at={row.newest.createdAt} /> : noValue),
  },
  { key: "runs", head: "Runs", align: "right", cell: (row) => formatCount(row.runs) },
  { key: "models", head: "Model versions", align: "right", cell: (row) => formatCount(row.modelVersions) },
];

/** Renders the datasets of a workspace, by name. */
export function DatasetsTable({ datasets, foot }: { datasets: DatasetSummary[]; foot?: ReactNode }) {
  return (
    <DataTable
      label="Datasets"
      rows={datasets}
      columns={columns}
      rowKey={(row) => row.name}
      rowHref={(row) => datasetHref(row.name)}
      foot={foot}
    />
  );
}

/** Returns the check of the newest version; the check of an older version says nothing about it. */
function currentCheck({ check, newest }: DatasetSummary) {
  return check?.digest === newest?.digest ? check : null;
}
