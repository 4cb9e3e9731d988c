"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import type { CreatePolicy, Policy } from "#server/respond/oncall/escalation/contract.ts";
import { PolicyForm, type TargetChoices } from "./policy-form.tsx";

interface PolicyDialogProps {
  /** Policy to edit; without it, the dialog creates a new one. */
  policy?: Policy;
  targets: TargetChoices;
  save: (input: CreatePolicy & { policyId?: string }) => Promise<ActionState<unknown>>;
}

/** Renders the button and the dialog that create or edit an escalation policy. */
export function PolicyDialog({ policy, targets, save }: PolicyDialogProps) {
  const [opened, setOpened] = useState(false);
  const refresh = useRefresh();
  return (
    <>
      <Button
        {...(policy && { variant: "default" })}
        onClick={() => setOpened(true)}
        aria-label={policy && `Edit ${policy.name}`}
      >
        {policy ? "Edit…" : "Create policy…"}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={policy ? `Edit ${policy.name}` : "New policy"}
        size={520}
        yOffset="6vh"
      >
        <PolicyForm
          policy={policy}
          targets={targets}
          save={save}
          onDone={(name) => {
            setOpened(false);
            toast.done(`Policy ${name} saved.`);
            void refresh();
          }}
        />
      </Modal>
    </>
  );
}
