import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { FeatureService, FeatureView, ServiceUser } from "#server/develop/features/contract.ts";
import { featureServiceHref } from "../../addresses/feature-service-href.ts";
import { countFeatures, describePins } from "./service-text.ts";

export interface ServiceRow {
  service: FeatureService;
  users: ServiceUser[];
}

const maxUsers = 2;

/** Lists feature services. */
export function ServicesTable({ rows, views }: { rows: ServiceRow[]; views: readonly FeatureView[] }) {
  const columns: Column<ServiceRow>[] = [
    { key: "name", head: "Service", cell: ({ service }) => <strong>{service.name}</strong> },
    {
      key: "views",
      head: "Views",
      cell: ({ service }) => service.projections.map(({ view }) => view).join(", ") || noValue,
      isClipped: true,
      width: 320,
    },
    {
      key: "features",
      head: "Features",
      align: "right",
      cell: ({ service }) => countFeatures(service.projections, views),
    },
    { key: "versions", head: "Versions", cell: ({ service }) => describePins(service.projections) || noValue },
    { key: "users", head: "Used by", cell: ({ users }) => <Users users={users} /> },
    { key: "updated", head: "Updated", cell: ({ service }) => <RelativeTime at={service.updatedAt} /> },
  ];
  return (
    <DataTable
      label="Feature services"
      rows={rows}
      columns={columns}
      rowKey={({ service }) => service.name}
      rowHref={({ service }) => featureServiceHref(service.name)}
      foot={<span>{plural(rows.length, "feature service")}, by name</span>}
    />
  );
}

function Users({ users }: { users: readonly ServiceUser[] }) {
  if (users.length === 0) return noValue;
  const names = users.map(({ name }) => name);
  const more = names.length - maxUsers;
  return `${names.slice(0, maxUsers).join(", ")}${more > 0 ? ` +${more}` : ""}`;
}
