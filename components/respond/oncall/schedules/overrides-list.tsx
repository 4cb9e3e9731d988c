"use client";

import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { SmallAction } from "#components/ui/small-action.tsx";
import { TurnTime } from "#components/ui/turn-time.tsx";
import type { Override } from "#server/respond/oncall/schedules/contract.ts";

interface OverridesListProps {
  overrides: readonly Override[];
  /** Of the schedule: the page says that its times are in it. */
  timeZone: string;
  names: Record<string, string>;
  cancel: (overrideId: string) => Promise<ActionState<unknown>>;
  why?: string | undefined;
}

/** Lists the overrides, each with a button to cancel it. */
export function OverridesList({ overrides, timeZone, names, cancel, why }: OverridesListProps) {
  const refresh = useRefresh();
  const columns: Column<Override>[] = [
    { key: "who", head: "Person", cell: ({ userId }) => names[userId] ?? "someone" },
    {
      key: "span",
      head: "When",
      cell: ({ from, to }) => (
        <>
          <TurnTime at={from} timeZone={timeZone} /> to <TurnTime at={to} timeZone={timeZone} />
        </>
      ),
    },
    { key: "reason", head: "Reason", cell: ({ reason }) => <span className="lw-muted">{reason || "none given"}</span> },
    { key: "by", head: "Created by", cell: ({ createdBy }) => createdBy },
    {
      key: "cancel",
      head: "",
      align: "right",
      cell: ({ id }) => (
        <SmallAction
          label="Cancel"
          input={id}
          act={async (overrideId: string) => {
            const result = await cancel(overrideId);
            if (result.ok) void refresh();
            return result;
          }}
          done="Override cancelled."
          why={why}
        />
      ),
    },
  ];
  return <DataTable label="Overrides" rows={overrides} columns={columns} rowKey={({ id }) => id} />;
}
