"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "./action-state.ts";
import { toast } from "./toast.tsx";
import { useAction } from "./use-action.ts";

interface SmallActionProps<Input> {
  label: string;
  input: Input;
  act: (input: Input) => Promise<ActionState<unknown>>;
  /** Confirmation message. */
  done: string;
  /** Reason why it is disabled: "needs the role member". */
  why?: string | undefined;
}

/** Renders a small button that runs one server action, and shows an error beside it. */
export function SmallAction<Input>({ label, input, act, done, why }: SmallActionProps<Input>) {
  const { state, busy, run } = useAction(act);
  return (
    <>
      {state.error && <span role="alert">{state.error}</span>}
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        aria-disabled={busy}
        onClick={() => run(input, () => toast.done(done))}
      >
        {label}
      </Button>
    </>
  );
}
