"use client";

import { useState } from "react";
import type { ActionState } from "./action-state.ts";

interface Complaints {
  /** By field, for the `error` of each. */
  complaints: Record<string, string>;
  /** Takes how an action was refused; answers what is about none of the fields, for the words under the reason. */
  refused: (result: Omit<ActionState, "ok">) => string | false;
  /** Forgets them, for the next time that the dialog opens. */
  reset: () => void;
}

/** What is wrong with the fields inside a `ConfirmWithReason`: each complaint stands at its field, the rest at the reason. */
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
