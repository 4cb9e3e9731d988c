"use client";

import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason, type ConfirmWithReasonProps } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";

type Dialog = Pick<
  ConfirmWithReasonProps,
  "title" | "evidence" | "consequences" | "reasons" | "confirmLabel" | "actorName"
>;

interface ChangeButtonProps extends Dialog {
  label: string;
  /** Reason why it is disabled. */
  why: string | undefined;
  /** Names of the fields inside, which tell what is wrong with them. */
  fields: readonly string[];
  save: (reason: string) => Promise<ActionState<unknown>>;
  /** Confirmation message after saving. */
  done: string;
  /** Renders the fields. @param complaints errors by field */
  children: (complaints: Record<string, string>) => ReactNode;
}

/** Renders a button with the dialog that changes the basis of cost calculation, with a reason. */
export function ChangeButton({ label, why, fields, save, done, children, ...dialog }: ChangeButtonProps) {
  const refresh = useRefresh();
  const [isOpen, setIsOpen] = useState(false);
  const { complaints, refused, reset } = useComplaints((field) => fields.includes(field));

  async function confirm(reason: string) {
    const result = await save(reason);
    if (!result.ok) return refused(result);
    toast.done(done);
    void refresh();
    return undefined;
  }

  return (
    <>
      <Button
        disabled={why !== undefined}
        title={why}
        onClick={() => {
          reset();
          setIsOpen(true);
        }}
      >
        {label}
      </Button>
      <ConfirmWithReason
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        cancelLabel="Cancel"
        onConfirm={confirm}
        {...dialog}
      >
        {children(complaints)}
      </ConfirmWithReason>
    </>
  );
}
