"use client";

import { Button, Modal, ModalTitle, Textarea } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconCheck } from "@tabler/icons-react";
import { useState, useTransition } from "react";
import { unreachable } from "./action-state.ts";
import classes from "./confirm-dialog.module.css";
import type { ConfirmWithReasonProps } from "./confirm-with-reason.tsx";
import { Keys } from "./key-hint.tsx";
import { useModKey } from "./mod-key.ts";
import { useReturnFocus } from "./use-return-focus.ts";

/** Renders the dialog of `ConfirmWithReason`. */
export function ConfirmDialog(props: ConfirmWithReasonProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} withCloseButton={false} size={520} yOffset="14vh" padding={0}>
      {props.opened && <Body {...props} />}
    </Modal>
  );
}

function Body(props: ConfirmWithReasonProps) {
  const { reasons = [], suggestion = "", fieldLabel = "Reason", onClose, onConfirm, destructive } = props;
  const [choice, setChoice] = useState<string>();
  const [text, setText] = useState(suggestion);
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();
  useReturnFocus();
  const modKey = useModKey();
  const reason = [choice === "Other" ? undefined : choice, text.trim() || undefined].filter(Boolean).join(": ");

  function confirm() {
    if (busy) return;
    if (!reason) {
      const isReason = fieldLabel === "Reason";
      setError(isReason ? "Give a short reason. Others will rely on it later." : "Enter a text.");
      return;
    }
    start(async () => {
      const failure = await onConfirm(reason).catch(() => unreachable.error);
      setError(failure || undefined);
      if (failure === undefined) onClose();
    });
  }
  useHotkeys([["mod+Enter", confirm]], []);

  return (
    <div className={classes.root}>
      <div className={classes.body}>
        <div>
          <ModalTitle className={classes.title}>{props.title}</ModalTitle>
          {props.evidence && <p className="lw-muted">{props.evidence}</p>}
        </div>
        <dl className={classes.consequences}>
          {props.consequences.map((line) => (
            <div key={line.label}>
              <dt>{line.label}</dt>
              <dd>{line.value}</dd>
            </div>
          ))}
        </dl>
        <div className={classes.why}>
          <span className={classes.label}>
            {fieldLabel} <span className="lw-quiet">required</span>
          </span>
          {reasons.length > 0 && (
            <fieldset className={classes.choices} aria-label="Suggestions">
              {[...reasons, "Other"].map((each) => (
                <button
                  className={classes.choice}
                  type="button"
                  key={each}
                  aria-pressed={choice === each}
                  onClick={() => setChoice(choice === each ? undefined : each)}
                >
                  {choice === each && <IconCheck size={13} stroke={2.2} aria-hidden="true" />}
                  {each}
                </button>
              ))}
            </fieldset>
          )}
          <Textarea
            data-autofocus
            aria-label={fieldLabel}
            rows={3}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={error}
            maxLength={2000}
          />
          {props.children}
        </div>
      </div>
      <div className={classes.foot}>
        <span className={classes.note}>Recorded in the audit log as {props.actorName}</span>
        <Button variant="default" onClick={onClose} rightSection={<Keys keys={["Esc"]} />}>
          {props.cancelLabel}
        </Button>
        <Button
          data-danger={destructive || undefined}
          aria-disabled={busy}
          onClick={confirm}
          rightSection={<Keys keys={[modKey, "↵"]} />}
        >
          {busy ? "Working…" : props.confirmLabel}
        </Button>
      </div>
    </div>
  );
}
