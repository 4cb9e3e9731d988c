"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface CancelMaterialisationProps {
  id: string;
  cancel: (id: string) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Cancels a materialisation. Rows that were written stay. */
export function CancelMaterialisation({ id, cancel, why }: CancelMaterialisationProps) {
  const { state, busy, run } = useAction(cancel);
  return (
    <>
      {(why || state.error) && <span className="lw-small lw-quiet">{why ?? state.error}</span>}
      <Button
        variant="default"
        data-danger
        disabled={why !== undefined}
        aria-disabled={busy}
        onClick={() => run(id, () => toast.done("Materialisation cancelled. Rows that were written stay."))}
      >
        {busy ? "Cancelling…" : "Cancel materialisation"}
      </Button>
    </>
  );
}
