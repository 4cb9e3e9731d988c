import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Dataset, VersionSummary } from "#server/develop/datasets/contract.ts";
import { datasetHref } from "../addresses/dataset-href.ts";
import { CheckState } from "./check-state.tsx";
import classes from "./datasets.module.css";

/** Renders the versions of a dataset, newest first; a row opens its version below. */
export function DatasetVersionsTable({ dataset, current }: { dataset: Dataset; current: string }) {
  const columns: Column<VersionSummary>[] = [
    {
      key: "digest",
      head: "Version",
      cell: (row) => (
        <span className={classes.tags}>
          <code>{row.digest}</code>
          {row.digest === current && <Tag tone="accent">selected</Tag>}
        </span>
      ),
    },
    {
      key: "check",
      head: "Contract",
      cell: (row) => <CheckState check={row.check} hasContract={dataset.contract !== null && row.isUploaded} />,
    },
    { key: "rows", head: "Rows", align: "right", cell: (row) => formatCount(row.rows) },
    { key: "columns", head: "Columns", align: "right", cell: (row) => formatCount(row.columns) },
    {
      key: "origin",
      head: "Source",
      cell: (row) => (
        <span className={classes.tags}>
          {row.isUploaded && <Tag>file</Tag>}
          {row.isLogged && <Tag>run</Tag>}
        </span>
      ),
    },
    { key: "created", head: "Since", cell: (row) => <RelativeTime at={row.createdAt} /> },
    { key: "runs", head: "Runs", align: "right", cell: (row) => formatCount(row.runs) },
    { key: "models", head: "Model versions", align: "right", cell: (row) => formatCount(row.modelVersions) },
  ];
  return (
    <DataTable
      label="Versions"
      rows={dataset.list}
      columns={columns}
      rowKey={(row) => row.digest}
      rowHref={(row) => datasetHref(dataset.name, row.digest)}
      density="dense"
      foot={<span>{plural(dataset.versions, "version")}</span>}
    />
  );
}
