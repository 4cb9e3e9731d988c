"use client";

import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTransition } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";

interface InspectAgainProps {
  version: { name: string; version: number };
  inspect: (version: { name: string; version: number }) => Promise<ActionState>;
}

/** Inspects the files of a version again, because they may have been uploaded after its registration. */
export function InspectAgain({ version, inspect }: InspectAgainProps) {
  const refresh = useRefresh();
  const [busy, start] = useTransition();
  function again() {
    start(async () => {
      const result = await inspect(version);
      if (!result.ok) toast.failed("Could not start the inspection.", result.error);
      refresh();
    });
  }
  return (
    <Button
      variant="default"
      leftSection={<IconRefresh size={15} stroke={1.8} aria-hidden="true" />}
      aria-disabled={busy}
      onClick={again}
    >
      {busy ? "Requesting…" : "Inspect again"}
    </Button>
  );
}
