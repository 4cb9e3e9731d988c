"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Moment, RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ExpectedDrift, RevokeExpected } from "#server/watch/monitoring/expected/contract.ts";
import classes from "./features-panel.module.css";

interface ExpectedPanelProps {
  marks: ExpectedDrift[];
  actorName: string;
  action: (input: RevokeExpected) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Renders the active marks of expected drift with their authors and reasons; each can be revoked. */
export function ExpectedPanel({ marks, actorName, action, why }: ExpectedPanelProps) {
  const refresh = useRefresh();
  const [chosen, setChosen] = useState<ExpectedDrift>();
  const columns: Column<ExpectedDrift>[] = [
    { key: "feature", head: "Feature", cell: ({ feature }) => <code>{feature}</code> },
    { key: "reason", head: "Reason", cell: ({ reason }) => <span className={classes.words}>{reason}</span> },
    {
      key: "by",
      head: "By",
      cell: ({ markedBy, at }) => (
        <>
          {markedBy}, <RelativeTime at={at} />
        </>
      ),
    },
    {
      key: "until",
      head: "Until",
      cell: ({ until }) => (until ? <Moment at={until} /> : "a new reference is created"),
    },
    {
      key: "act",
      head: <span className="lw-hidden">Undo</span>,
      align: "right",
      cell: (mark) => (
        <Button variant="default" size="xs" disabled={why !== undefined} title={why} onClick={() => setChosen(mark)}>
          Undo…
        </Button>
      ),
    },
  ];
  return (
    <Panel id="expected" title="Expected" subtitle="still measured, but opens no tickets" flush>
      <DataTable label="Expected drift" rows={marks} columns={columns} rowKey={({ id }) => id} density="dense" />
      {chosen && (
        <ConfirmWithReason
          opened
          onClose={() => setChosen(undefined)}
          title={`Resume alerting on ${chosen.feature}?`}
          consequences={[{ label: "Alerts", value: "Drift in this feature opens a ticket again." }]}
          confirmLabel="Resume alerting"
          cancelLabel="Cancel"
          actorName={actorName}
          onConfirm={async (reason) => {
            const result = await action({ endpointId: chosen.endpointId, markId: chosen.id, reason });
            if (!result.ok) return result.error ?? "The change was not saved.";
            toast.done(`Alerting on ${chosen.feature} resumed.`);
            void refresh();
            return undefined;
          }}
        />
      )}
    </Panel>
  );
}
