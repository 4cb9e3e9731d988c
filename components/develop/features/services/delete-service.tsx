"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { DeleteDefinition } from "#server/develop/features/contract.ts";

interface DeleteServiceProps {
  name: string;
  /** Names of what uses it. */
  users: readonly string[];
  remove: (input: DeleteDefinition) => Promise<ActionState<unknown>>;
  actorName: string;
  why: string | undefined;
}

const maxNamed = 3;

/** Deletes a feature service after a reason. */
export function DeleteService({ name, users, remove, actorName, why }: DeleteServiceProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const { refused } = useComplaints(() => false);
  const shown = users.slice(0, maxNamed).join(", ");
  const more = users.length > maxNamed ? ` and ${plural(users.length - maxNamed, "other")}` : "";

  async function confirm(force: string) {
    const result = await remove({ name, force });
    if (!result.ok) return refused(result);
    toast.done(`Feature service ${name} deleted.`);
    router.push("/features/services");
    return undefined;
  }
  return (
    <>
      <Button variant="default" data-danger disabled={why !== undefined} title={why} onClick={() => setOpened(true)}>
        Delete…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Delete feature service ${name}?`}
        consequences={[
          { label: "Fails", value: "look-ups and training sets that name the service" },
          { label: "Used by", value: users.length === 0 ? "nothing" : `${shown}${more}` },
          { label: "Kept", value: "its views, their rows and all training sets" },
          { label: "To undo", value: "create a service of the same name" },
        ]}
        confirmLabel="Delete service"
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
