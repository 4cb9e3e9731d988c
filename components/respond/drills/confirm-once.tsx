"use client";

import { Button, Modal } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import classes from "#components/ui/dialog.module.css";
import { ProblemBox } from "#components/ui/form-problem.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { useReturnFocus } from "#components/ui/use-return-focus.ts";

interface ConfirmOnceProps {
  opened: boolean;
  onClose: () => void;
  /** The question with names: "Start GD-14?" */
  title: string;
  /** What will happen, in one sentence. */
  sentence: string;
  confirmLabel: string;
  isDestructive?: boolean;
  isBusy: boolean;
  error: string | undefined;
  onConfirm: () => void;
}

/** Renders a question with one sentence about what will happen, for changes that need no reason. */
export function ConfirmOnce(props: ConfirmOnceProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size={480} yOffset="14vh">
      {props.opened && <Body {...props} />}
    </Modal>
  );
}

function Body({ onClose, sentence, confirmLabel, isDestructive, isBusy, error, onConfirm }: ConfirmOnceProps) {
  useReturnFocus();
  const modKey = useModKey();
  useHotkeys([["mod+Enter", onConfirm]], []);
  return (
    <div className={classes.body}>
      <p>{sentence}</p>
      {error && <ProblemBox>{error}</ProblemBox>}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose} rightSection={<Keys keys={["Esc"]} />}>
          Cancel
        </Button>
        <Button
          data-danger={isDestructive || undefined}
          data-autofocus
          aria-disabled={isBusy}
          onClick={onConfirm}
          rightSection={<Keys keys={[modKey, "↵"]} />}
        >
          {confirmLabel}
        </Button>
      </div>
    </div>
  );
}
