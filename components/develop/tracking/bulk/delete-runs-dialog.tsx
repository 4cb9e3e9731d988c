"use client";

import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { plural } from "#components/ui/format.ts";

interface DeleteRunsDialogProps {
  opened: boolean;
  count: number;
  /** All that the filter finds. */
  isAll: boolean;
  viewerName: string;
  onClose: () => void;
  /** Its result is shown as the error. */
  onConfirm: (reason: string) => Promise<string | undefined>;
}

/** Asks for a reason before runs go to the trash. */
export function DeleteRunsDialog({ opened, count, isAll, viewerName, onClose, onConfirm }: DeleteRunsDialogProps) {
  const runs = plural(count, "run");
  return (
    <ConfirmWithReason
      opened={opened}
      onClose={onClose}
      title={`Delete ${runs}?`}
      evidence={isAll ? "All runs that match the filter, including other pages." : undefined}
      consequences={[
        { label: "Runs", value: "are moved to the trash, with their metrics, parameters and files" },
        { label: "Model versions", value: "created from them are not affected" },
        { label: "Undo", value: "Undo in the notification, or restore under Deleted" },
      ]}
      reasons={["Smoke test", "Broken run", "Superseded"]}
      confirmLabel={`Delete ${runs}`}
      cancelLabel="Cancel"
      destructive
      actorName={viewerName}
      onConfirm={onConfirm}
    />
  );
}
