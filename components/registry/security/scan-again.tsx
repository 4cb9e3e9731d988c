"use client";

import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

/** Has the files of a version scanned again. */
export function ScanAgain({ scan, isFirst }: { scan: () => Promise<ActionState>; isFirst: boolean }) {
  const router = useRouter();
  const { busy, run } = useAction(async () => {
    const answer = await scan();
    if (!answer.ok) toast.failed("The files are not scanned again.", answer.error);
    return answer;
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconRefresh size={13} stroke={1.8} aria-hidden="true" />}
      aria-disabled={busy}
      onClick={() => run(undefined, () => router.refresh())}
    >
      {isFirst ? "Scan" : "Scan again"}
    </Button>
  );
}
