"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";

/** Server action that retires a set. */
export type RetireSetAction = (input: { id: string; reason: string }) => Promise<ActionState<unknown>>;

interface RetireSetProps {
  id: string;
  name: string;
  actorName: string;
  retire: RetireSetAction;
}

/** Retires a set after a reason: no version is evaluated on it any more. */
export function RetireSet({ id, name, actorName, retire }: RetireSetProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" aria-label={`Retire ${name}…`} onClick={() => setOpened(true)}>
        Retire…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Retire set ${name}?`}
        consequences={[
          { label: "New evaluations", value: "are no longer possible on this set" },
          { label: "Existing results", value: "are kept" },
          { label: "Undo", value: "freeze the same rows under another name" },
        ]}
        reasons={["Too many versions compared", "Incorrect labels"]}
        confirmLabel="Retire set"
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={async (reason) => {
          const { ok, error } = await retire({ id, reason });
          if (!ok) return error ?? "Could not retire the set.";
          toast.done(`Set ${name} retired.`);
          router.refresh();
          return undefined;
        }}
      />
    </>
  );
}
