"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { VersionKey } from "#server/datasets/contract.ts";

interface CheckVersionProps {
  version: VersionKey;
  request: (key: VersionKey) => Promise<ActionState<void>>;
  why?: string | undefined;
}

/** Has a version checked that the contract in force has not seen. */
export function CheckVersion({ version, request, why }: CheckVersionProps) {
  const { state, busy, run } = useAction(request);
  const { name, digest } = version;
  return (
    <>
      {state.error && <span role="alert">{state.error}</span>}
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        aria-disabled={busy}
        onClick={() => run({ name, digest }, () => toast.done("The version is being checked."))}
      >
        Check against the contract
      </Button>
    </>
  );
}
