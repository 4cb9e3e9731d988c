"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { TestResult } from "#server/alerting/notifications/contract.ts";

interface TestButtonProps {
  channelId: string;
  /** Label for screen readers, which names the channel. */
  label: string;
  test: (channelId: string) => Promise<ActionState<TestResult>>;
}

/** Sends a test message through a channel and shows the result. */
export function TestButton({ channelId, label, test }: TestButtonProps) {
  const { busy, run } = useAction(async (id: string) => {
    const result = await test(id);
    if (!result.ok) toast.failed("Could not send the test.", result.error);
    return result;
  });
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={busy ? undefined : label}
      aria-disabled={busy}
      onClick={() => run(channelId, notifyResult)}
    >
      {busy ? "Sending…" : "Send test"}
    </Button>
  );
}

function notifyResult({ isDelivered, status, answer: response, error, durationMs }: TestResult) {
  const came = status === null ? "" : `The server responded with ${status}`;
  if (isDelivered) toast.done(`Test delivered in ${formatDuration(durationMs)}. ${came}.`);
  else toast.failed("Test delivery failed.", error ?? `${came}: ${response}`);
}
