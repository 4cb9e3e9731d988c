"use client";

import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ProposedFeatures, VersionPipeline } from "#server/develop/registry/pipeline/contract.ts";
import policy from "../policy/policy.module.css";
import { complaintOf, editedText } from "./edited-text.ts";
import { InsertFeatures } from "./insert-features.tsx";
import classes from "./pipeline-panel.module.css";

interface EditPipelineProps {
  subject: string;
  pipeline: VersionPipeline["pipeline"];
  /** Example shown as a starting point if there is no pipeline. */
  example: object;
  /** Returns parts that look up features by key, to insert. */
  propose: () => Promise<ActionState<ProposedFeatures[]>>;
  /** Takes JSON text; empty takes the pipeline away. */
  save: (text: string) => Promise<ActionState>;
}

/** Button and dialog for editing a pipeline as JSON. Errors name the part and the step. */
export function EditPipeline({ subject, pipeline, example, propose, save }: EditPipelineProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState("");
  const { state, busy, run, reset } = useAction(save);
  const complaints = Object.entries(state.fieldErrors ?? {}).map(([path, message]) => complaintOf(path, message));
  const shown = state.error ? [state.error, ...complaints] : complaints;
  function write(value: string, done: string) {
    run(value, () => {
      setOpened(false);
      toast.done(done);
      refresh();
    });
  }
  return (
    <>
      <Button
        variant="default"
        size="xs"
        onClick={() => {
          reset();
          setText(editedText(pipeline ?? example));
          setOpened(true);
        }}
      >
        {pipeline ? "Edit…" : "Add pipeline…"}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Pipeline of ${subject}`} size={760} yOffset="6vh">
        <form
          className={policy.form}
          onSubmit={(event) => {
            event.preventDefault();
            write(text, `Pipeline of ${subject} saved.`);
          }}
        >
          <InsertFeatures propose={propose} text={text} onInsert={setText} />
          <Textarea
            className={classes.json}
            label="Pipeline as JSON"
            description="The pipeline cannot be changed once the version has been deployed."
            autosize
            minRows={12}
            maxRows={26}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
          {shown.length > 0 && (
            <div role="alert">
              <ul className={classes.complaints}>
                {shown.map((complaint) => (
                  <li key={complaint}>{complaint}</li>
                ))}
              </ul>
            </div>
          )}
          <div className={policy.buttons}>
            {pipeline && (
              <Button
                variant="default"
                aria-disabled={busy}
                onClick={() => write("", `Pipeline of ${subject} removed.`)}
              >
                Remove pipeline
              </Button>
            )}
            <Button type="submit" aria-disabled={busy}>
              {busy ? "Saving…" : "Save pipeline"}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
