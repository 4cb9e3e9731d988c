"use client";

import { useRouter } from "next/navigation";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { DeleteDefinition } from "#server/develop/features/contract.ts";

export interface DeleteViewProps {
  name: string;
  /** What uses it, as people call it. */
  users: string[];
  trainingSets: number;
  remove: (input: DeleteDefinition) => Promise<ActionState<unknown>>;
  actorName: string;
  opened: boolean;
  onClose: () => void;
}

/** Renders the dialog that deletes a feature view, with the names of what would break. */
export function DeleteView({ name, users, trainingSets, remove, actorName, opened, onClose }: DeleteViewProps) {
  const router = useRouter();
  async function confirm(reason: string): Promise<string | undefined> {
    const { ok, error } = await remove({ name, force: reason });
    if (!ok) return error ?? "The view was not deleted. Reload the page to see its current state.";
    toast.done(`Deleted ${name}.`);
    router.push("/features");
    return undefined;
  }
  return (
    <ConfirmWithReason
      opened={opened}
      onClose={onClose}
      title={`Delete ${name}?`}
      evidence={users.length > 0 ? `${users.join(", ")} would break.` : "Nothing uses it."}
      consequences={[
        { label: "Deleted", value: "its versions, its newest rows and its history" },
        {
          label: "Stays",
          value: trainingSets > 0 ? "training sets created from it; they cannot be repeated" : "entities and sources",
        },
        { label: "Undo", value: "not possible" },
      ]}
      confirmLabel={users.length > 0 ? "Delete anyway" : "Delete view"}
      cancelLabel="Cancel"
      destructive
      actorName={actorName}
      onConfirm={confirm}
    />
  );
}
