"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue, truncateMiddle } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SetAsideItem } from "#server/admin/settings/recurring-work/contract.ts";
import type { RetrySetAsideItem } from "#server/platform/jobs/contract.ts";
import classes from "./recurring-work.module.css";

interface SetAsideTableProps {
  items: SetAsideItem[];
  retry: (input: RetrySetAsideItem) => Promise<ActionState<void>>;
}

/** Items that watchers and jobs failed to evaluate, each with a button to retry it now. */
export function SetAsideTable({ items, retry }: SetAsideTableProps) {
  const columns: Column<SetAsideItem>[] = [
    { key: "watcher", head: "Set aside by", cell: ({ watcher }) => <code>{watcher}</code> },
    {
      key: "item",
      head: "Item",
      cell: ({ item }) => <code title={item}>{truncateMiddle(item, 40)}</code>,
    },
    { key: "workspace", head: "Workspace", cell: ({ workspace }) => workspace ?? noValue },
    { key: "attempts", head: "Attempts", align: "right", cell: ({ attempts }) => formatCount(attempts) },
    { key: "problem", head: "Problem", cell: ({ problem }) => <span className={classes.text}>{problem}</span> },
    { key: "failed", head: "Failed", cell: ({ failedAt }) => <RelativeTime at={failedAt} /> },
    { key: "retry", head: "Next retry", cell: ({ retryAt }) => <RelativeTime at={retryAt} /> },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: ({ watcher, item }) => <Retry watcher={watcher} item={item} action={retry} />,
    },
  ];
  return (
    <DataTable
      label="Items set aside"
      rows={items}
      columns={columns}
      rowKey={({ watcher, item }) => `${watcher}/${item}`}
      empty={
        <EmptyState title="No items set aside">
          An item that a watcher or a job fails to evaluate appears here until a retry succeeds. The other items
          continue.
        </EmptyState>
      }
    />
  );
}

function Retry({ watcher, item, action }: RetrySetAsideItem & { action: SetAsideTableProps["retry"] }) {
  const { busy, run } = useAction(async (input: RetrySetAsideItem) => {
    const state = await action(input);
    if (!state.ok) toast.failed("Could not retry the item.", state.error);
    return state;
  });
  return (
    <Button
      variant="default"
      size="xs"
      aria-disabled={busy}
      aria-label={`Retry now: ${item}`}
      onClick={() => run({ watcher, item }, () => toast.done("The next run retries the item."))}
    >
      Retry now
    </Button>
  );
}
