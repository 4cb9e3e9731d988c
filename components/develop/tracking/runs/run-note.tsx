"use client";

import { Button, Textarea } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { LazyMarkdown } from "#components/ui/lazy-markdown.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import classes from "./run-note.module.css";
import { useRun } from "./use-run.ts";

interface RunNoteProps {
  run: Run;
  /** Reason why it cannot be edited: "needs the role member". */
  why: string | undefined;
  save: (change: { runId: string; note: string }) => Promise<ActionState>;
}

/** Renders the note of a run (the tag mlflow.note.content) in Markdown, and its editor. */
export function RunNote({ run: initial, why, save }: RunNoteProps) {
  const { data: run, refetch } = useRun(initial);
  const [isOpen, setOpen] = useState(false);
  const note = run.tags.find(({ key }) => key === "mlflow.note.content")?.value.trim() ?? "";
  return (
    <Panel
      title="Note"
      right={
        !isOpen && (
          <>
            {why && <span className="lw-small lw-quiet">{why}</span>}
            <Button
              size="xs"
              variant="default"
              disabled={why !== undefined}
              leftSection={<IconPencil size={15} stroke={1.8} aria-hidden="true" />}
              onClick={() => setOpen(true)}
            >
              {note ? "Edit" : "Add note"}
            </Button>
          </>
        )
      }
    >
      {isOpen ? (
        <Editor
          note={note}
          onClose={() => setOpen(false)}
          save={async (text) => {
            const result = await save({ runId: run.id, note: text });
            if (result.ok) await refetch();
            return result;
          }}
        />
      ) : note ? (
        <LazyMarkdown>{note}</LazyMarkdown>
      ) : (
        <p className="lw-small lw-quiet">Why you started this run and what it showed.</p>
      )}
    </Panel>
  );
}

interface EditorProps {
  note: string;
  onClose: () => void;
  save: (note: string) => Promise<ActionState>;
}

function Editor({ note, onClose, save }: EditorProps) {
  const [text, setText] = useState(note);
  const { state, busy, run } = useAction(save);
  const hintId = useId();
  const submit = () => run(text, onClose);
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
        // Escape closes only an unchanged note, so that no typed text is lost by accident.
        if (event.key === "Escape" && text === note) onClose();
      }}
    >
      <Textarea
        aria-label="Note in Markdown"
        aria-describedby={hintId}
        autosize
        minRows={5}
        maxRows={24}
        maxLength={8000}
        data-autofocus
        autoFocus
        value={text}
        error={state.error ?? state.fieldErrors?.note}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.foot}>
        <span className="lw-caption lw-quiet" id={hintId}>
          Markdown; HTML is removed
        </span>
        <Button size="xs" variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button size="xs" type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Save note"}
        </Button>
      </div>
    </form>
  );
}
