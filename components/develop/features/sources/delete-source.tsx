"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { DeleteDefinition } from "#server/develop/features/contract.ts";

interface DeleteSourceProps {
  name: string;
  /** Names of views that have it. */
  views: readonly string[];
  remove: (input: DeleteDefinition) => Promise<ActionState<unknown>>;
  actorName: string;
  why: string | undefined;
}

/** Deletes a source after a reason. */
export function DeleteSource({ name, views, remove, actorName, why }: DeleteSourceProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const { refused } = useComplaints(() => false);

  async function confirm(force: string) {
    const result = await remove({ name, force });
    if (!result.ok) return refused(result);
    toast.done(`Source ${name} deleted.`);
    void refresh();
    return undefined;
  }
  return (
    <>
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        title={why}
        aria-label={`Delete ${name}`}
        onClick={() => setOpened(true)}
      >
        Delete…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Delete source ${name}?`}
        consequences={[
          {
            label: "Views",
            value: views.length === 0 ? "no view has it" : `${views.join(", ")} no longer receive rows from it`,
          },
          { label: "Kept", value: "rows that were read or pushed" },
          { label: "To undo", value: "create a source of the same name" },
        ]}
        confirmLabel="Delete source"
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
