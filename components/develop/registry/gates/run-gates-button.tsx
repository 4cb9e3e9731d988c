"use client";

import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { GateKey } from "#server/develop/registry/gates/contract.ts";

interface RunGatesButtonProps {
  gateKey: GateKey;
  /** Nothing was run yet. */
  isFirst: boolean;
  run: (key: GateKey) => Promise<ActionState>;
  /** Why it is switched off: "needs the role member". */
  why?: string | undefined;
}

/** Has the gates of a version run; the page shows by itself what they find. */
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
