"use client";

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import classes from "./view-form.module.css";

interface InlineFieldsProps {
  label: string;
  state: ActionState<unknown>;
  busy: boolean;
  /** Label of the button that saves. */
  action: string;
  onSubmit: () => void;
  onCancel: () => void;
  children: ReactNode;
}

/** Renders the fields of something new within the form of a view. Enter saves it, and not the form around it. */
export function InlineFields({ label, state, busy, action, onSubmit, onCancel, children }: InlineFieldsProps) {
  return (
    <>
      {!state.fieldErrors && <FormProblem state={state} />}
      <fieldset
        className={classes.inline}
        aria-label={label}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <span className={classes.buttons}>
          <Button variant="default" size="xs" onClick={onCancel}>
            Cancel
          </Button>
          <Button size="xs" aria-disabled={busy} onClick={onSubmit}>
            {action}
          </Button>
        </span>
      </fieldset>
    </>
  );
}
