"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import type { Routing, SetRouting } from "#server/alerting/alerts/routing/contract.ts";

export interface RestoreRoutingProps {
  revision: number;
  routing: Routing;
  /** The revision that holds. */
  current: number;
  actorName: string;
  save: (input: SetRouting) => Promise<ActionState<unknown>>;
}

/** Takes an earlier revision of the routes again, as a new one. */
export function RestoreRouting({ revision, routing, current, actorName, save }: RestoreRoutingProps) {
  const [opened, setOpened] = useState(false);
  const refresh = useRefresh();
  async function confirm(reason: string) {
    const { ok, error } = await save({ routing, reason, revision: current });
    if (ok) void refresh();
    return ok ? undefined : (error ?? "Not saved.");
  }
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        Restore…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Restore revision ${revision}?`}
        consequences={[
          { label: "Saved as", value: `revision ${current + 1}` },
          { label: "Open alerts", value: "move to the groups of their new routes immediately" },
        ]}
        reasons={["Undo"]}
        confirmLabel="Restore"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
