"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import type { ArchiveWorkspace } from "#server/platform/identity/contract.ts";

interface ArchiveWorkspaceButtonProps {
  workspaceName: string;
  viewerName: string;
  action: (input: ArchiveWorkspace) => Promise<ActionState<void>>;
}

/** Shuts the workspace one is in, after a reason, and leads to another one. */
export function ArchiveWorkspaceButton({ workspaceName, viewerName, action }: ArchiveWorkspaceButtonProps) {
  const [opened, setOpened] = useState(false);

  async function archive(reason: string) {
    const { ok, error } = await action({ reason });
    if (ok) window.location.assign("/settings/workspaces");
    return error;
  }
  return (
    <>
      <Button variant="default" data-danger onClick={() => setOpened(true)}>
        Archive…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Archive workspace ${workspaceName}?`}
        consequences={[
          { label: "People", value: "lose access" },
          { label: "Tokens", value: "for this workspace are rejected within 5 s" },
          { label: "Kept", value: "all data" },
          { label: "Undo", value: "an admin of the first workspace can restore it under Settings, All workspaces" },
        ]}
        reasons={["Project completed", "Merged into another workspace", "Created by mistake"]}
        confirmLabel={`Archive ${workspaceName}`}
        cancelLabel="Cancel"
        destructive
        actorName={viewerName}
        onConfirm={archive}
      />
    </>
  );
}
