"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { SmallAction } from "#components/ui/small-action.tsx";

/** Renders the button that ends all sessions of the reader but this one. */
export function RevokeOtherSessions({ action }: { action: () => Promise<ActionState<unknown>> }) {
  return (
    <SmallAction
      label="Revoke all others"
      input={undefined}
      act={() => action()}
      done="All other sessions were revoked."
    />
  );
}
