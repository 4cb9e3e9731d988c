"use client";

import { useEffect } from "react";
import type { ActionState } from "#components/ui/action-state.ts";

interface OwnerPresenceProps {
  number: number;
  see: (number: number) => Promise<ActionState<unknown>>;
}

const everyMs = 30_000;

/** Says that the owner's page is open while it is: without that, the game day is aborted after two minutes. */
export function OwnerPresence({ number, see }: OwnerPresenceProps) {
  useEffect(() => {
    // The next call replaces one that failed.
    const say = () => void see(number).catch(() => undefined);
    say();
    const timer = setInterval(say, everyMs);
    return () => clearInterval(timer);
  }, [number, see]);
  return null;
}
