"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface RetryButtonProps {
  notificationId: string;
  retry: (notificationId: string) => Promise<ActionState<void>>;
}

/** Sends a failed or rate-limited message again. */
export function RetryButton({ notificationId, retry }: RetryButtonProps) {
  const { busy, run } = useAction(async (id: string) => {
    const result = await retry(id);
    if (!result.ok) toast.failed("Could not resend the message.", result.error);
    return result;
  });
  return (
    <Button
      size="xs"
      variant="default"
      aria-disabled={busy}
      onClick={() => run(notificationId, () => toast.done("Resending the message."))}
    >
      Resend
    </Button>
  );
}
