"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";

const FirstNow = createContext(0);
const listeners = new Set<() => void>();
let current = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function readClock() {
  if (Date.now() - current > 2000) current = Date.now();
  return current;
}

/** Provides the time of the server's rendering, so that relative times are equal on both sides of hydration. */
export function NowProvider({ now, children }: { now: number; children: ReactNode }) {
  return <FirstNow value={now}>{children}</FirstNow>;
}

/** Returns the current time in epoch milliseconds, updated every second; `every` rounds it down to save renders. */
export function useNow(every = 1000): number {
  const first = useContext(FirstNow);
  return useSyncExternalStore(
    subscribe,
    () => Math.floor(readClock() / every) * every,
    () => first,
  );
}

/** Returns true after hydration, when the user's time zone and window may be used. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
