"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";

interface RemoveSignatureProps {
  /** "digits v3" */
  version: string;
  actorName: string;
  remove: (reason: string) => Promise<ActionState>;
}

/** Takes the signature off a version, after a reason. */
export function RemoveSignature({ version, actorName, remove }: RemoveSignatureProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" data-danger onClick={() => setOpened(true)}>
        Remove…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Remove the signature of ${version}?`}
        consequences={[
          { label: "Provenance", value: "the version becomes unsigned" },
          { label: "Promotion requests", value: "their gates run again" },
          { label: "Undo", value: "add the same signature again" },
        ]}
        reasons={["Signature of another file", "Signed with an untrusted key"]}
        confirmLabel="Remove signature"
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={async (reason) => {
          const { ok, error } = await remove(reason);
          if (!ok) return error ?? "Could not remove the signature.";
          toast.done(`${version} is now unsigned.`);
          router.refresh();
          return undefined;
        }}
      />
    </>
  );
}
