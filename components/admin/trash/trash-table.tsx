"use client";

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { TrashItem, TrashKey } from "#server/admin/trash/contract.ts";
import { PurgeButton, type PurgeButtonProps } from "./purge-button.tsx";
import classes from "./trash.module.css";
import { kindLabels } from "./trash-text.ts";

interface TrashTableProps {
  items: TrashItem[];
  foot: ReactNode;
  viewerName: string;
  /** Reason why items cannot be restored or permanently deleted: "needs the role admin". */
  denialReason: { restore: string | undefined; purge: string | undefined };
  actions: Pick<PurgeButtonProps, "preview" | "purge"> & {
    restore: (input: TrashKey) => Promise<ActionState<void>>;
  };
}

/** Lists the items in the trash, each with restore and permanent deletion. */
export function TrashTable({ items, foot, viewerName, denialReason, actions }: TrashTableProps) {
  const columns: Column<TrashItem>[] = [
    { key: "name", head: "Name", cell: nameCell },
    { key: "kind", head: "Kind", cell: ({ kind }) => kindLabels[kind].one },
    { key: "by", head: "Deleted by", cell: ({ deletedBy, reason }) => whoCell(deletedBy, reason) },
    { key: "at", head: "When", cell: ({ deletedAt }) => <RelativeTime at={deletedAt} /> },
    { key: "size", head: "Size", align: "right", cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
    { key: "until", head: "Permanently deleted", cell: untilCell },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: (item) =>
        !item.purgingSince && (
          <span className={classes.actions}>
            {!denialReason.restore && <Restore item={item} action={actions.restore} />}
            {!denialReason.purge && (
              <PurgeButton item={item} viewerName={viewerName} preview={actions.preview} purge={actions.purge} />
            )}
          </span>
        ),
    },
  ];
  return (
    <DataTable
      label="Trash"
      rows={items}
      columns={columns}
      rowKey={({ kind, id }) => `${kind}/${id}`}
      empty={
        <EmptyState title="Trash is empty">
          Items deleted in the console or by API clients appear here and can be restored.
        </EmptyState>
      }
      foot={foot}
    />
  );
}

function nameCell({ kind, name, experiment, parts }: TrashItem) {
  const context = [
    experiment && `of ${experiment.name}`,
    parts !== null && `with ${plural(parts, kind === "model" ? "version" : "run")}`,
  ].filter(Boolean);
  return (
    <>
      {name} {context.length > 0 && <span className="lw-quiet">{context.join(", ")}</span>}
    </>
  );
}

function whoCell(who: string | null, reason: string | null) {
  if (who === null) return noValue;
  return (
    <>
      {who} {reason && <span className={`lw-quiet ${classes.reason}`}>{reason}</span>}
    </>
  );
}

function untilCell({ purgingSince, purgeProblem, purgeAt }: TrashItem) {
  if (purgeProblem) {
    return (
      <>
        <StatusBadge state="missed">failed, retrying</StatusBadge> <span className="lw-quiet">{purgeProblem}</span>
      </>
    );
  }
  if (purgingSince) return <StatusBadge state="watch">deleting</StatusBadge>;
  return purgeAt ? <RelativeTime at={purgeAt} /> : <span className="lw-quiet">never automatically</span>;
}

function Restore({ item, action }: { item: TrashItem; action: TrashTableProps["actions"]["restore"] }) {
  const { kind, id, name } = item;
  const { busy, run } = useAction(async (input: TrashKey) => {
    const state = await action(input);
    if (!state.ok) toast.failed(`Could not restore ${name}.`, state.error);
    return state;
  });
  return (
    <Button
      variant="default"
      size="xs"
      aria-disabled={busy}
      aria-label={`Restore ${name}`}
      onClick={() => run({ kind, id }, () => toast.done(`${name} was restored.`))}
    >
      {busy ? "Restoring…" : "Restore"}
    </Button>
  );
}
