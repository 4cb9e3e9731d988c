"use client";

import { useState, useTransition } from "react";
import { type ActionState, unreachable, untried } from "./action-state.ts";

interface RunningAction<Input, Data> {
  state: ActionState<Data>;
  busy: boolean;
  /** Calls the action; `onDone` only when it succeeded. */
  run: (input: Input, onDone?: (data: Data) => void) => void;
  /** Forgets how the last call ended. */
  reset: () => void;
}

/** A server action with how its last call ended; what was typed stays where it is when it fails. */
export function useAction<Input, Data>(
  action: (input: Input) => Promise<ActionState<Data>>,
): RunningAction<Input, Data> {
  const [state, setState] = useState<ActionState<Data>>(untried);
  const [busy, start] = useTransition();
  return {
    state,
    busy,
    run: (input, onDone) => {
      // A second click while the first is under way is not a second wish.
      if (busy) return;
      start(async () => {
        const result = await action(input).catch(() => unreachable);
        setState(result);
        if (result.ok) onDone?.(result.data as Data);
      });
    },
    reset: () => setState(untried),
  };
}
