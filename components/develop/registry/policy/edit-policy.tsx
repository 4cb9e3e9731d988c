"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { LazyModal } from "#components/ui/lazy-modal.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Policy, PolicyInForce, SetPolicy } from "#server/develop/registry/policy/contract.ts";
import type { GateSet } from "./evaluation-gate-draft.ts";

const PolicyForm = lazyDialog(() => import("./policy-form.tsx").then((module) => module.PolicyForm));

interface EditPolicyProps {
  /** Undefined: the default of the workspace. */
  modelName?: string;
  inForce: PolicyInForce;
  /** Frozen sets that gates may be on. */
  sets: readonly GateSet[];
  save: (change: SetPolicy) => Promise<ActionState>;
  /** Reason why it is disabled: "needs the role operator". */
  why?: string | undefined;
}

/** Renders the button and the dialog that edit the promotion policy of a model or the workspace. Open requests are re-evaluated. */
export function EditPolicy({ modelName, inForce, sets, save, why }: EditPolicyProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const { state, busy, run, reset } = useAction(save);
  const subject = modelName ? `${modelName}` : "the workspace";
  function write(policy: Policy | null, reason: string) {
    run({ ...(modelName && { name: modelName }), policy, reason }, () => {
      setOpened(false);
      toast.done(`Policy of ${subject} saved. Open promotion requests are re-evaluated.`);
      refresh();
    });
  }
  return (
    <>
      {why && <span className="lw-quiet">{why}</span>}
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        onClick={() => {
          reset();
          setOpened(true);
        }}
      >
        {modelName && inForce.origin !== "model" ? "Override workspace policy…" : "Edit…"}
      </Button>
      <LazyModal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Policy of ${subject}`}
        size={680}
        yOffset="6vh"
      >
        <PolicyForm
          policy={inForce.policy}
          sets={sets}
          state={state}
          busy={busy}
          onSave={write}
          onFollow={modelName && inForce.origin === "model" ? (reason) => write(null, reason) : undefined}
        />
      </LazyModal>
    </>
  );
}
