import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { ServiceUser } from "#server/develop/features/contract.ts";
import { userHref } from "../user-href.ts";

const kindLabels: Record<ServiceUser["kind"], string> = {
  endpoint: "endpoint",
  "model-version": "model version",
  "dataset-version": "dataset version",
  run: "run",
};

const columns: Column<ServiceUser>[] = [
  {
    key: "name",
    head: "Name",
    cell: (user) => {
      const href = userHref(user);
      const name = user.digest === null ? user.name : `${user.name} ${user.digest.slice(0, 8)}`;
      return href === undefined ? name : <Link href={href}>{name}</Link>;
    },
  },
  { key: "kind", head: "Kind", cell: ({ kind }) => kindLabels[kind] },
  { key: "views", head: "Views", cell: ({ views }) => views.join(", ") },
];

/** Lists what uses features of a service. */
export function ServiceUsers({ users }: { users: ServiceUser[] }) {
  return (
    <Panel title="Used by" subtitle="endpoints, versions, datasets and runs that use its features" flush>
      <DataTable
        label="Used by"
        rows={users}
        columns={columns}
        rowKey={({ kind, name, digest }) => `${kind} ${name} ${digest}`}
        density="compact"
        maxHeight="360px"
        empty={
          <EmptyState title="Not used yet">
            Model versions whose pipeline looks up features, and training sets that join them, appear here.
          </EmptyState>
        }
      />
    </Panel>
  );
}
