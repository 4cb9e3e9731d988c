"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { PurgePreview, RequestPurge, TrashItem, TrashKey } from "#server/admin/trash/contract.ts";
import { kindLabels, purgeLines } from "./trash-text.ts";

export interface PurgeButtonProps {
  item: TrashItem;
  viewerName: string;
  preview: (input: TrashKey) => Promise<ActionState<PurgePreview>>;
  purge: (input: RequestPurge) => Promise<ActionState<unknown>>;
}

/** Previews the size of a permanent deletion first; an object in use cannot be deleted, and the reason is shown. */
export function PurgeButton({ item: { kind, id, name }, viewerName, preview, purge }: PurgeButtonProps) {
  const [counted, setCounted] = useState<PurgePreview>();
  const { busy, run } = useAction(async (input: TrashKey) => {
    const result = await preview(input);
    if (!result.ok) toast.failed(`Could not calculate the size of ${name}.`, result.error);
    return result;
  });

  function offer(found: PurgePreview) {
    const [use, ...others] = found.usedBy;
    if (!use) return setCounted(found);
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    toast.failed(`${name} is in use and was not deleted.`, `In use by ${use}${more}.`);
  }
  async function confirm(reason: string) {
    const { ok, error, fieldErrors } = await purge({ kind, id, reason });
    if (ok) toast.done(`Permanently deleting ${name}.`);
    return ok ? undefined : (error ?? fieldErrors?.reason ?? "The item was not deleted.");
  }
  return (
    <>
      <Button
        variant="default"
        size="xs"
        data-danger
        aria-disabled={busy}
        aria-label={`${busy ? "Calculating size…" : "Delete permanently…"} ${name}`}
        onClick={() => run({ kind, id }, offer)}
      >
        {busy ? "Calculating size…" : "Delete permanently…"}
      </Button>
      {counted && (
        <ConfirmWithReason
          opened
          onClose={() => setCounted(undefined)}
          title={`Permanently delete ${kindLabels[kind].one} ${name}?`}
          evidence={`Frees about ${formatBytes(counted.pointBytes + counted.fileBytes)}. Not used by anything else.`}
          consequences={purgeLines(counted)}
          reasons={["No longer needed", "Created by mistake", "Erasure request"]}
          confirmLabel="Delete permanently"
          cancelLabel="Cancel"
          destructive
          actorName={viewerName}
          onConfirm={confirm}
        />
      )}
    </>
  );
}
