"use client";

import { ActionIcon, Button, Modal, Textarea } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface EditDescriptionProps {
  /** "digits" or "digits v3". */
  subject: string;
  description: string | null;
  save: (description: string | null) => Promise<ActionState>;
}

/** Renders the pencil button and the dialog that edit a description. */
export function EditDescription({ subject, description, save }: EditDescriptionProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState(description ?? "");
  const { state, busy, run } = useAction(save);
  function submit() {
    run(text.trim() || null, () => {
      setOpened(false);
      refresh();
    });
  }
  return (
    <>
      <ActionIcon
        className="lw-touch"
        variant="subtle"
        size={24}
        aria-label={`Edit description of ${subject}`}
        onClick={() => {
          setText(description ?? "");
          setOpened(true);
        }}
      >
        <IconPencil size={15} stroke={1.8} aria-hidden="true" />
      </ActionIcon>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Edit description of ${subject}`}
        size={560}
        yOffset="12vh"
      >
        <div className={classes.body}>
          <FormProblem state={state} />
          <Textarea
            label="Description"
            description="Purpose, training data and limitations."
            rows={5}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={state.fieldErrors?.description}
            data-autofocus
          />
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button aria-disabled={busy} onClick={submit}>
              {busy ? "Saving…" : "Save"}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
