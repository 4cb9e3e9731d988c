"use client";

import type { ReactNode } from "react";
import { lazyDialog, OnceOpened } from "./lazy-dialog.tsx";

export interface ConfirmWithReasonProps {
  opened: boolean;
  onClose: () => void;
  /** The question with names: "Roll back parcel-damage to v12?" */
  title: string;
  /** One line for or against it. */
  evidence?: ReactNode;
  /** Descriptions of what will happen, what stays, and how to undo it. */
  consequences: { label: string; value: ReactNode }[];
  /** Label of the field, where it takes something else than a reason: "Message". */
  fieldLabel?: string;
  /** Quick choices; "Other" needs words in the field. */
  reasons?: string[];
  /** The likely reason, filled in, so that the confirming keys suffice. */
  suggestion?: string;
  /** Labels of the buttons: "Roll back to v12" and "Keep v14 at 25%". */
  confirmLabel: string;
  cancelLabel: string;
  /** Red confirming button. */
  destructive?: boolean;
  /** Name under which the change is recorded. */
  actorName: string;
  /** Performs the action. A returned text is shown under the reason, `false` leaves errors to the fields; both keep the dialog open. */
  onConfirm: (reason: string) => Promise<string | false | undefined>;
  children?: ReactNode;
}

const ConfirmDialog = lazyDialog(() => import("./confirm-dialog.tsx").then((module) => module.ConfirmDialog));

/** Renders the confirmation dialog for all changes to production. The focus starts in the reason; Esc cancels. */
export function ConfirmWithReason(props: ConfirmWithReasonProps) {
  return (
    <OnceOpened opened={props.opened}>
      <ConfirmDialog {...props} />
    </OnceOpened>
  );
}
