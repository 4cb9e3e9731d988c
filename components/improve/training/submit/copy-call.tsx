"use client";

import { Button } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import { toast } from "#components/ui/toast.tsx";
import type { SubmitJob } from "#server/improve/training/jobs/contract.ts";
import { submitCall } from "./submit-call.ts";

/** Copies the job of the form as a call of the API. */
export function CopyCall({ input }: { input: SubmitJob }) {
  async function copy() {
    try {
      await navigator.clipboard.writeText(submitCall(location.origin, input));
      toast.done("Copied as curl. Set LEEWAY_TOKEN to a token with the training scope.");
    } catch {
      toast.failed("Could not copy the call.", "Browsers allow copying only over HTTPS or on localhost.");
    }
  }
  return (
    <Button
      variant="default"
      leftSection={<IconTerminal2 size={15} stroke={1.8} aria-hidden="true" />}
      onClick={() => void copy()}
    >
      Copy as API call
    </Button>
  );
}
