"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface CancelWorkProps {
  id: string;
  /** Such as "Cancel materialisation". */
  label: string;
  /** Said once it was cancelled. */
  done: string;
  cancel: (id: string) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Cancels a materialisation, or a training set that is not finished. */
export function CancelWork({ id, label, done, cancel, why }: CancelWorkProps) {
  const { state, busy, run } = useAction(cancel);
  return (
    <>
      {(why || state.error) && <span className="lw-small lw-quiet">{why ?? state.error}</span>}
      <Button
        variant="default"
        data-danger
        disabled={why !== undefined}
        aria-disabled={busy}
        onClick={() => run(id, () => toast.done(done))}
      >
        {busy ? "Cancelling…" : label}
      </Button>
    </>
  );
}
