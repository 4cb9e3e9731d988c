"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface CancelLoadTestProps {
  cancel: () => Promise<ActionState<unknown>>;
  /** Reason why the user may not cancel it. */
  why?: string | undefined;
}

/** Ends a load test before its time. What was measured stays. */
export function CancelLoadTest({ cancel, why }: CancelLoadTestProps) {
  const { state, busy, run } = useAction((_: undefined) => cancel());
  return (
    <>
      {(why || state.error) && <span className="lw-small lw-quiet">{why ?? state.error}</span>}
      <Button
        variant="default"
        data-danger
        disabled={Boolean(why)}
        aria-disabled={busy}
        onClick={() => run(undefined, () => toast.done("Load test cancelled. Completed measurements are kept."))}
      >
        {busy ? "Cancelling…" : "Cancel load test"}
      </Button>
    </>
  );
}
