"use client";

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import classes from "./forms.module.css";

interface TrainingFormProps {
  /** Name of the form for screen readers. */
  label: string;
  /** Called by the button, Enter, and Cmd/Ctrl+Enter in any field. */
  onSubmit: () => void;
  /** Words of the button that submits. */
  button: string;
  /** Why it is off. */
  why: string | undefined;
  isBusy: boolean;
  cancelHref: string;
  /** What stands before the buttons. */
  beside?: ReactNode;
  children: ReactNode;
}

/** Renders a form of training with its buttons. */
export function TrainingForm(props: TrainingFormProps) {
  const { label, onSubmit, button, why, isBusy, cancelHref, beside, children } = props;
  const modKey = useModKey();
  return (
    <form
      className={classes.form}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div className={classes.buttons}>
        {beside}
        <ButtonLink href={cancelHref} variant="default">
          Cancel
        </ButtonLink>
        <Button
          type="submit"
          disabled={why !== undefined}
          title={why}
          aria-disabled={isBusy}
          rightSection={<Keys keys={[modKey, "↵"]} />}
        >
          {button}
        </Button>
      </div>
    </form>
  );
}
