"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import type { ArchiveReceiver, Receiver, UpdateReceiver } from "#server/alerting/notifications/contract.ts";
import { EditReceiver } from "./receiver-dialog.tsx";

interface ReceiverActionsProps {
  receiver: Receiver;
  viewerName: string;
  update: (input: UpdateReceiver) => Promise<ActionState<Receiver>>;
  archive: (input: ArchiveReceiver) => Promise<ActionState>;
}

/** Renders the buttons to edit and archive a receiver. */
export function ReceiverActions({ receiver, viewerName, update, archive }: ReceiverActionsProps) {
  const { id: receiverId, name } = receiver;
  const [archiving, setArchiving] = useState(false);
  const router = useRouter();
  async function confirmArchive(reason: string) {
    const { ok, error } = await archive({ receiverId, reason });
    if (ok) router.push("/alerts/receivers");
    return error;
  }
  return (
    <>
      <Button variant="default" onClick={() => setArchiving(true)}>
        Archive…
      </Button>
      <EditReceiver receiver={receiver} action={update} />
      <ConfirmWithReason
        opened={archiving}
        onClose={() => setArchiving(false)}
        title={`Archive the receiver ${name}?`}
        consequences={[
          { label: "Routes that use it", value: "send no notifications" },
          { label: "Pending messages", value: "are not sent" },
          { label: "What was sent", value: "stays in the log for 90 days" },
        ]}
        reasons={["No longer needed", "Replaced"]}
        confirmLabel="Archive"
        cancelLabel="Cancel"
        destructive
        actorName={viewerName}
        onConfirm={confirmArchive}
      />
    </>
  );
}
