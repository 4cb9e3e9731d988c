"use client";

import { useState, useTransition } from "react";
import { type ActionState, unreachable, untried } from "./action-state.ts";

interface RunningAction<Input, Data> {
  state: ActionState<Data>;
  busy: boolean;
  /** Calls the action; `onDone` only when it succeeded. */
  run: (input: Input, onDone?: (data: Data) => void) => void;
  /** Clears the result of the last call. */
  reset: () => void;
}

/** Runs a server action and keeps the result of its last call; the user's input is preserved when it fails. */
export function useAction<Input, Data>(
  action: (input: Input) => Promise<ActionState<Data>>,
): RunningAction<Input, Data> {
  const [state, setState] = useState<ActionState<Data>>(untried);
  const [busy, start] = useTransition();
  return {
    state,
    busy,
    run: (input, onDone) => {
      // A second click during the first call is ignored.
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
