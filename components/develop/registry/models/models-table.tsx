import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import type { ModelSummary } from "#server/develop/registry/models/contract.ts";
import classes from "./models-table.module.css";

const columns: Column<ModelSummary>[] = [
  {
    key: "name",
    head: "Model",
    cell: (row) => (
      <span className={classes.name}>
        <strong>{row.name}</strong>
        {row.description && <span className={`${classes.description} lw-muted lw-truncate`}>{row.description}</span>}
      </span>
    ),
  },
  { key: "serving", head: "Serving", width: 320, isText: true, cell: (row) => <Serving model={row} /> },
  { key: "versions", head: "Versions", align: "right", cell: (row) => formatCount(row.versionCount) },
  { key: "newest", head: "Newest", cell: (row) => <Newest model={row} /> },
  {
    key: "aliases",
    head: "Aliases",
    cell: (row) => (
      <span className={classes.aliases}>
        {row.aliases.map(({ alias, version }) => (
          <span className={classes.alias} key={alias}>
            <AliasTag alias={alias} /> v{version}
          </span>
        ))}
        {row.aliases.length === 0 && <span className="lw-quiet">none</span>}
      </span>
    ),
  },
  { key: "owner", head: "Owner", cell: (row) => row.ownerName || <span className="lw-quiet">{noValue}</span> },
];

/** Renders the registered models, by name. */
export function ModelsTable({ models, foot }: { models: ModelSummary[]; foot?: ReactNode }) {
  return (
    <DataTable
      label="Models"
      rows={models}
      columns={columns}
      rowKey={(row) => row.id}
      rowHref={(row) => `/models/${encodeURIComponent(row.name)}`}
      foot={foot}
    />
  );
}

function Serving({ model }: { model: ModelSummary }) {
  if (model.endpoints.length === 0) return <StatusBadge state="not-started">Not deployed</StatusBadge>;
  return (
    <span className={classes.aliases}>
      {model.endpoints.map((endpoint) => (
        <span className={classes.alias} key={endpoint.id}>
          <StatusBadge state="on-target">{`v${endpoint.version}`}</StatusBadge>
          <span>
            at <Link href={`/endpoints/${encodeURIComponent(endpoint.name)}`}>{endpoint.name}</Link>
          </span>
        </span>
      ))}
    </span>
  );
}

function Newest({ model }: { model: ModelSummary }) {
  const { latestVersion } = model;
  if (!latestVersion) return <span className="lw-quiet">no versions</span>;
  return (
    <span className={classes.alias}>
      v{latestVersion.version}
      <span className="lw-muted">
        <RelativeTime at={latestVersion.createdAt} />
      </span>
      {latestVersion.inspection === "unservable" && <StatusBadge state="missed">Cannot be served</StatusBadge>}
    </span>
  );
}
