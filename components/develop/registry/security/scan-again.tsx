"use client";

import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

/** Renders the button that scans the files of a version again. */
export function ScanAgain({ scan, isFirst }: { scan: () => Promise<ActionState>; isFirst: boolean }) {
  const refresh = useRefresh();
  const { busy, run } = useAction(async () => {
    const result = await scan();
    if (!result.ok) toast.failed("Could not start the scan.", result.error);
    return result;
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconRefresh size={13} stroke={1.8} aria-hidden="true" />}
      aria-disabled={busy}
      onClick={() => run(undefined, () => refresh())}
    >
      {isFirst ? "Scan" : "Scan again"}
    </Button>
  );
}
