"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";

interface RetireReferenceProps {
  /** "digits v3" */
  version: string;
  /** Reference in effect afterwards: "rows of train (0c0ffee0)"; null if there will be none. */
  next: string | null;
  actorName: string;
  retire: (reason: string) => Promise<ActionState<unknown>>;
}

/** Takes the reference out of force, after a reason. */
export function RetireReference({ version, next, actorName, retire }: RetireReferenceProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Retire…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Retire the reference of ${version}?`}
        consequences={[
          { label: "Then in effect", value: next ?? "none: drift of this version is no longer monitored" },
          { label: "Existing results", value: "are kept" },
          { label: "Undo", value: "create a reference from the same rows again" },
        ]}
        reasons={["Incorrect rows", "Outdated"]}
        confirmLabel="Retire"
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={async (reason) => {
          const { ok, error } = await retire(reason);
          if (!ok) return error ?? "Could not retire the reference.";
          toast.done(`Reference of ${version} retired.`);
          router.refresh();
          return undefined;
        }}
      />
    </>
  );
}
