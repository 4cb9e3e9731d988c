"use client";

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { OwnWorkspace, RestoreWorkspace, Workspace } from "#server/platform/identity/contract.ts";

/** Renders the user's workspaces, with their role in each. */
export function OwnWorkspacesTable({ workspaces }: { workspaces: OwnWorkspace[] }) {
  const columns: Column<OwnWorkspace>[] = [
    { key: "name", head: "Name", cell: (workspace) => nameLink(workspace.slug, workspace.name) },
    { key: "slug", head: "Slug", cell: ({ slug }) => <code>/w/{slug}</code> },
    { key: "role", head: "Your role", cell: ({ role }) => role },
    { key: "here", head: "", cell: ({ isCurrent }) => isCurrent && <span className="lw-quiet">current</span> },
  ];
  return (
    <DataTable label="Your workspaces" rows={workspaces} columns={columns} rowKey={(workspace) => workspace.slug} />
  );
}

interface AllWorkspacesTableProps {
  workspaces: Workspace[];
  /** Slugs of those the reader may enter. */
  own: string[];
  restore: (input: RestoreWorkspace) => Promise<ActionState<void>>;
}

/** Renders all workspaces of the installation with their counts, including archived ones. */
export function AllWorkspacesTable({ workspaces, own, restore }: AllWorkspacesTableProps) {
  const count = (key: "members" | "experiments" | "models", head: string): Column<Workspace> => ({
    key,
    head,
    align: "right",
    cell: (workspace) => formatCount(workspace[key]),
  });
  const columns: Column<Workspace>[] = [
    {
      key: "name",
      head: "Name",
      cell: ({ slug, name }): ReactNode => (own.includes(slug) ? nameLink(slug, name) : name),
    },
    { key: "slug", head: "Slug", cell: ({ slug }) => <code>/w/{slug}</code> },
    count("members", "People"),
    count("experiments", "Experiments"),
    count("models", "Models"),
    { key: "made", head: "Created", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { key: "state", head: "State", cell: stateCell },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: ({ slug, name, archivedAt }) => archivedAt && <Restore slug={slug} name={name} action={restore} />,
    },
  ];
  return <DataTable label="All workspaces" rows={workspaces} columns={columns} rowKey={({ slug }) => slug} />;
}

/** Renders a plain link that reloads the page, so that no data of one workspace stays in another. */
function nameLink(slug: string, name: string) {
  return <a href={`/w/${slug}/overview`}>{name}</a>;
}

function stateCell({ archivedAt, isFirst }: Workspace) {
  if (archivedAt) return <StatusBadge state="paused">Archived</StatusBadge>;
  return (
    <>
      <StatusBadge state="on-target">Active</StatusBadge> {isFirst && <span className="lw-quiet">first</span>}
    </>
  );
}

function Restore(props: { slug: string; name: string; action: AllWorkspacesTableProps["restore"] }) {
  const { busy, run } = useAction(async (input: RestoreWorkspace) => {
    const state = await props.action(input);
    if (!state.ok) toast.failed(`Could not restore ${props.name}.`, state.error ?? "");
    return state;
  });
  return (
    <Button
      variant="default"
      size="xs"
      aria-disabled={busy}
      onClick={() => run({ slug: props.slug }, () => toast.done(`${props.name} was restored.`))}
    >
      {busy ? "Restoring…" : "Restore"}
    </Button>
  );
}
