"use client";

import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { GateKey } from "#server/develop/registry/gates/contract.ts";

interface RunGatesButtonProps {
  gateKey: GateKey;
  /** Whether no gate has been run yet. */
  isFirst: boolean;
  run: (key: GateKey) => Promise<ActionState>;
  /** Reason why it is disabled: "needs the role member". */
  why?: string | undefined;
}

/** Runs the gates of a version; the page shows their results automatically. */
export function RunGatesButton({ gateKey, isFirst, run: action, why }: RunGatesButtonProps) {
  const { busy, run, state } = useAction(action);
  return (
    <>
      {(why || state.error) && <span className="lw-small lw-quiet">{why ?? state.error}</span>}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={13} stroke={1.8} aria-hidden="true" />}
        disabled={why !== undefined}
        aria-disabled={busy}
        onClick={() => run(gateKey, () => toast.done(`Running the gates of v${gateKey.version}.`))}
      >
        {busy ? "Requesting…" : isFirst ? "Run gates" : "Run again"}
      </Button>
    </>
  );
}
