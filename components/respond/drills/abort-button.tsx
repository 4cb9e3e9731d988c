"use client";

import { IconHandStop } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { gameDayName } from "./addresses.ts";
import classes from "./drills.module.css";

interface AbortButtonProps {
  number: number;
  abort: (number: number) => Promise<ActionState<unknown>>;
  /** Reason why this user may not. */
  why: string | undefined;
}

/** Renders the button that ends a game day at once (A): it asks nothing, and has the focus when the page opens. */
export function AbortButton({ number, abort, why }: AbortButtonProps) {
  const refresh = useRefresh();
  const button = useRef<HTMLButtonElement>(null);
  const { busy, run } = useAction(async (input: number) => {
    const state = await abort(input);
    if (!state.ok)
      toast.failed("Not aborted.", state.error ?? "Reload the page to see whether the game day still runs.");
    return state;
  });
  const end = () =>
    run(number, () => {
      toast.done(`${gameDayName(number)} is aborted.`);
      void refresh();
    });
  usePageKey(why === undefined ? "A" : undefined, end);
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  return (
    <button
      className={classes.abort}
      type="button"
      ref={button}
      disabled={why !== undefined}
      title={why}
      aria-disabled={busy}
      data-print="off"
      onClick={end}
    >
      <IconHandStop size={20} stroke={1.8} aria-hidden="true" />
      <span>
        <strong>{busy ? "Aborting…" : "Abort"}</strong>
        <span className={classes.abortNote}>{why ?? "ends the fault immediately"}</span>
      </span>
      <Keys keys={["A"]} />
    </button>
  );
}
