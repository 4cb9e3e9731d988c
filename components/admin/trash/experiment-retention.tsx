"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import type { ExperimentRetention, SetExperimentRetention } from "#server/admin/trash/contract.ts";
import { RetentionForm } from "./retention-form.tsx";

interface ExperimentRetentionButtonProps {
  experimentId: number;
  retention: ExperimentRetention;
  disabledReason: string | undefined;
  action: (input: SetExperimentRetention) => Promise<ActionState<unknown>>;
}

/** Opens the rule of an experiment: its own, or that of the workspace until it has one. */
export function ExperimentRetentionButton(props: ExperimentRetentionButtonProps) {
  const { experimentId, retention, disabledReason, action } = props;
  const [opened, setOpened] = useState(false);
  const { own, ofWorkspace } = retention;
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Retention…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Retention of this experiment" yOffset="14vh">
        <p className="lw-muted" style={{ marginBottom: 14 }}>
          {own
            ? "This experiment overrides the workspace retention."
            : "The workspace retention applies unless you override it here."}
        </p>
        <RetentionForm
          rule={own ?? ofWorkspace}
          disabledReason={disabledReason}
          action={(rule) => action({ experimentId, rule })}
          drop={own ? () => action({ experimentId, rule: null }) : undefined}
          key={JSON.stringify(own)}
        />
      </Modal>
    </>
  );
}
