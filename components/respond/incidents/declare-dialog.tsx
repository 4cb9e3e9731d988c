"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { LazyModal } from "#components/ui/lazy-modal.tsx";
import type { DeclareFormProps } from "./declare-form.tsx";

const DeclareForm = lazyDialog(() => import("./declare-form.tsx").then((module) => module.DeclareForm));

interface DeclareDialogProps extends DeclareFormProps {
  /** Reason why the user may not declare incidents. */
  why?: string | undefined;
}

/** Renders the button and the dialog that declare an incident and then open its page. */
export function DeclareDialog({ why, ...props }: DeclareDialogProps) {
  const [opened, setOpened] = useState(false);
  if (why) return <span className="lw-small lw-quiet">Declaring an incident {why}.</span>;
  return (
    <>
      <Button onClick={() => setOpened(true)}>Declare incident…</Button>
      <LazyModal opened={opened} onClose={() => setOpened(false)} title="Declare incident" size={520} yOffset="8vh">
        <DeclareForm {...props} />
      </LazyModal>
    </>
  );
}
