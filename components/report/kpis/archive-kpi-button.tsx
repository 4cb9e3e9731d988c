"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";

interface ArchiveProps {
  kpi: string;
  archive: (input: { kpi: string; reason: string }) => Promise<ActionState<unknown>>;
  actorName: string;
  why: string | undefined;
}

/** Counts a KPI no longer, with a reason. */
export function ArchiveKpiButton({ kpi, archive, actorName, why }: ArchiveProps) {
  const [opened, setOpened] = useState(false);
  const router = useRouter();
  return (
    <>
      <Button variant="default" disabled={why !== undefined} title={why} onClick={() => setOpened(true)}>
        Archive…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Archive KPI ${kpi}?`}
        consequences={[
          { label: "Then", value: "New events with this name are rejected." },
          { label: "Kept", value: "Existing data; creating a KPI with the same name restores it." },
        ]}
        confirmLabel="Archive"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={async (reason) => {
          const { ok, error } = await archive({ kpi, reason });
          if (!ok) return error ?? false;
          router.push("/overview/kpis");
        }}
      />
    </>
  );
}
