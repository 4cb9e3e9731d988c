"use client";

import { useRouter } from "next/navigation";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ProfileSource, ReferenceProfile } from "#server/watch/monitoring/profiles/contract.ts";

/** Server action that requests a reference. */
export type RequestReferenceAction = (request: {
  source: ProfileSource;
  reason: string;
}) => Promise<ActionState<ReferenceProfile>>;

/** Requests a reference from a dialog, which closes after the request. */
export function useRequest(request: RequestReferenceAction, onClose: () => void) {
  const router = useRouter();
  const { state, busy, run } = useAction(request);
  return {
    state,
    busy,
    send: (source: ProfileSource, reason: string) =>
      run({ source, reason }, () => {
        toast.done("Creating the reference. It takes effect once it is ready.");
        onClose();
        router.refresh();
      }),
  };
}
