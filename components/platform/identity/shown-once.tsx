"use client";

import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { CodeBlock, type CodeExample } from "#components/ui/code-block.tsx";
import classes from "#components/ui/dialog.module.css";

interface ShownOnceProps {
  opened: boolean;
  onClose: () => void;
  /** Title such as "Token CI created". */
  title: string;
  /** Description of the secret, with the notice that it is not shown again. */
  children: ReactNode;
  examples: CodeExample[];
  /** "I have copied the token". */
  doneLabel: string;
}

/** Renders a secret at the only time it is known. Closes only with its button, so that a stray click loses nothing. */
export function ShownOnce({ opened, onClose, title, children, examples, doneLabel }: ShownOnceProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={560}
      yOffset="14vh"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={classes.body}>
        <p className="lw-muted">{children}</p>
        <CodeBlock examples={examples} label="Value to copy" />
        <div className={classes.buttons}>
          <Button onClick={onClose}>{doneLabel}</Button>
        </div>
      </div>
    </Modal>
  );
}
