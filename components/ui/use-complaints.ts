"use client";

import { useState } from "react";
import type { ActionState } from "./action-state.ts";

interface Complaints {
  /** Error messages by field, for the `error` of each field. */
  complaints: Record<string, string>;
  /** Stores the errors of a rejected action; returns those that belong to none of the fields, to show below the reason. */
  refused: (result: Omit<ActionState, "ok">) => string | false;
  /** Clears the messages before the dialog opens again. */
  reset: () => void;
}

/** Manages the error messages of the fields inside a `ConfirmWithReason`: each is shown at its field, all others at the reason. */
export function useComplaints(isOwn: (field: string) => boolean): Complaints {
  const [complaints, setComplaints] = useState<Record<string, string>>({});
  function refused({ error, fieldErrors = {} }: Omit<ActionState, "ok">): string | false {
    setComplaints(fieldErrors);
    const fields = Object.keys(fieldErrors);
    const other = fields.find((field) => !isOwn(field));
    if (other) return fieldErrors[other] ?? false;
    return fields.length === 0 && (error ?? "The change was not saved. Reload the page to see the current state.");
  }
  return { complaints, refused, reset: () => setComplaints({}) };
}
