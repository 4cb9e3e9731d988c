"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { TestResult } from "#server/alerting/notifications/contract.ts";

interface TestButtonProps {
  channelId: string;
  /** For readers, who need to know which channel. */
  label: string;
  test: (channelId: string) => Promise<ActionState<TestResult>>;
}

/** Sends a test by a channel, and tells what came back. */
export function TestButton({ channelId, label, test }: TestButtonProps) {
  const { busy, run } = useAction(async (id: string) => {
    const answer = await test(id);
    if (!answer.ok) toast.failed("Could not send the test.", answer.error);
    return answer;
  });
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={busy ? undefined : label}
      aria-disabled={busy}
      onClick={() => run(channelId, tell)}
    >
      {busy ? "Sending…" : "Send test"}
    </Button>
  );
}

function tell({ isDelivered, status, answer, error, durationMs }: TestResult) {
  const came = status === null ? "" : `The server responded with ${status}`;
  if (isDelivered) toast.done(`Test delivered in ${formatDuration(durationMs)}. ${came}.`);
  else toast.failed("Test delivery failed.", error ?? `${came}: ${answer}`);
}
