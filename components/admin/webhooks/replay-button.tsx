"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface ReplayButtonProps {
  deliveryId: string;
  replay: (deliveryId: string) => Promise<ActionState<{ deliveryId: string }>>;
}

/** Sends a delivery once more. */
export function ReplayButton({ deliveryId, replay }: ReplayButtonProps) {
  const { busy, run } = useAction(async (id: string) => {
    const result = await replay(id);
    if (!result.ok) toast.failed("Could not resend the delivery.", result.error);
    return result;
  });
  return (
    <Button
      size="xs"
      variant="default"
      aria-disabled={busy}
      onClick={() => run(deliveryId, () => toast.done("Resending the delivery with a new ID."))}
    >
      Resend
    </Button>
  );
}
