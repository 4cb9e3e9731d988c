"use client";

import { Button } from "@mantine/core";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface ExpireSilenceProps {
  silenceId: string;
  expire: (input: { silenceId: string }) => Promise<ActionState<unknown>>;
}

/** Ends a silence now. */
export function ExpireSilence({ silenceId, expire }: ExpireSilenceProps) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(expire);
  const end = () =>
    run({ silenceId }, () => {
      toast.done("Silence expired. Notifications resume at the next group flush.");
      void refresh();
    });
  return (
    <>
      {state.error && <span role="alert">{state.error}</span>}
      <Button variant="default" size="xs" aria-disabled={busy} onClick={end}>
        Expire
      </Button>
    </>
  );
}

interface EndRecurrenceProps {
  recurrenceId: string;
  end: (input: { recurrenceId: string }) => Promise<ActionState<unknown>>;
}

/** Renders the button that ends a recurring silence. */
export function EndRecurrence({ recurrenceId, end }: EndRecurrenceProps) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(end);
  const stop = () =>
    run({ recurrenceId }, () => {
      toast.done("Recurring silence ended.");
      void refresh();
    });
  return (
    <>
      {state.error && <span role="alert">{state.error}</span>}
      <Button variant="default" size="xs" aria-disabled={busy} onClick={stop}>
        End
      </Button>
    </>
  );
}
