"use client";

import { Button, Checkbox, Modal } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { type Export, retentionDays, type StartExport } from "#server/admin/transfer/contract.ts";
import classes from "./transfer.module.css";

/** Renders the button and dialog that start an export of the workspace. */
export function ExportDialog({ action }: { action: (input: StartExport) => Promise<ActionState<Export>> }) {
  const [opened, setOpened] = useState(false);
  const [hasArtifacts, setHasArtifacts] = useState(true);
  const { state, busy, run } = useAction(action);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Export…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Export workspace" size={520} yOffset="8vh">
        <div className={classes.body}>
          <FormProblem state={state} />
          <p className={classes.text}>
            A zip with experiments, runs, parameters, tags and all metric points as Parquet, and logged and registered
            models as JSON. Trash, traces, people and endpoints are not included. It can be imported here or into
            another Leeway, and is kept for {retentionDays} days.
          </p>
          <Checkbox
            label="Include files of runs, logged models and versions"
            checked={hasArtifacts}
            onChange={(event) => setHasArtifacts(event.currentTarget.checked)}
          />
          <div className={classes.buttons}>
            <Button
              aria-disabled={busy}
              onClick={() =>
                run({ hasArtifacts }, () => {
                  setOpened(false);
                  toast.done("Export started. The file appears in the list when it is complete.");
                })
              }
            >
              {busy ? "Starting…" : "Start export"}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
