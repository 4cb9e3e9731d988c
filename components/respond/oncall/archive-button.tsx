"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";

interface ArchiveButtonProps<Input> {
  title: string;
  /** Description of the effects. */
  consequence: string;
  confirmLabel: string;
  input: Input;
  action: (input: Input & { reason: string }) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Path opened afterwards; the current page by default. */
  leadsTo?: string;
  why?: string | undefined;
}

/** Ends a team, a schedule or a policy, with a reason. */
export function ArchiveButton<Input extends object>(props: ArchiveButtonProps<Input>) {
  const { title, consequence, confirmLabel, input, action, actorName, leadsTo, why } = props;
  const [opened, setOpened] = useState(false);
  const router = useRouter();
  const refresh = useRefresh();
  if (why) return null;
  return (
    <>
      <Button variant="default" data-danger onClick={() => setOpened(true)}>
        Delete…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={title}
        consequences={[
          { label: "Then", value: consequence },
          { label: "Undo", value: "Not possible; create a new one with the same name" },
        ]}
        reasons={["No longer needed", "Merged with another"]}
        confirmLabel={confirmLabel}
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={async (reason) => {
          const result = await action({ ...input, reason });
          if (!result.ok) return result.error ?? "The change was not saved. Reload the page to see the current state.";
          toast.done("Deleted.");
          if (leadsTo) router.push(leadsTo);
          else void refresh();
          return undefined;
        }}
      />
    </>
  );
}
