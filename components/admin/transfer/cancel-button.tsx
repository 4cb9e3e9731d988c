"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface CancelButtonProps {
  id: string;
  /** Object to cancel: "import", "export". */
  noun: string;
  action: (id: string) => Promise<ActionState<unknown>>;
  compact?: boolean;
}

/** Cancels an import or export that is in progress. */
export function CancelButton({ id, noun, action, compact }: CancelButtonProps) {
  const { busy, run } = useAction(async (id: string) => {
    const state = await action(id);
    if (!state.ok) toast.failed(`Could not cancel the ${noun}.`, state.error);
    return state;
  });
  return (
    <Button
      variant="default"
      {...(compact && { size: "compact-xs" })}
      aria-disabled={busy}
      onClick={() => run(id, () => toast.done(`The ${noun} was cancelled.`))}
    >
      {busy ? "Cancelling…" : `Cancel ${noun}`}
    </Button>
  );
}
