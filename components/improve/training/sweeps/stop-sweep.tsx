"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { StopSweep as StopInput } from "#server/improve/training/sweeps/contract.ts";

interface StopSweepProps {
  sweep: { id: string; name: string; open: number; left: number };
  stop: (input: StopInput) => Promise<ActionState<unknown>>;
  actorName: string;
  why: string | undefined;
}

/** Renders the button that stops a sweep, also by S, and asks for a reason before. */
export function StopSweep({ sweep: { id, name, open, left }, stop, actorName, why }: StopSweepProps) {
  const [isAsking, setIsAsking] = useState(false);
  const ask = () => setIsAsking(true);
  usePageKey(why === undefined ? "S" : undefined, ask);
  return (
    <>
      <Button
        variant="default"
        data-danger
        disabled={why !== undefined}
        title={why}
        onClick={ask}
        rightSection={<Keys keys={["S"]} />}
      >
        Stop…
      </Button>
      <ConfirmWithReason
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Stop ${name}?`}
        consequences={[
          {
            label: "Ends",
            value:
              open === 0
                ? "no trial is open"
                : `${plural(open, "open trial")} ${open === 1 ? "gets" : "get"} SIGTERM and time to save`,
          },
          { label: "Skips", value: `${formatCount(left)} of its trials that have not started` },
          { label: "Keeps", value: "trials that have ended, with their runs and checkpoints" },
          { label: "Later", value: "not possible; start another sweep" },
        ]}
        reasons={["Good enough", "Wrong parameters", "Costs too much"]}
        confirmLabel="Stop sweep"
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={async (reason) => {
          const result = await stop({ sweep: id, reason });
          if (!result.ok) return result.error ?? "Could not stop the sweep. Reload the page to see its state.";
          toast.done(`${name} stopped; its open trials are being stopped.`);
          return undefined;
        }}
      />
    </>
  );
}
