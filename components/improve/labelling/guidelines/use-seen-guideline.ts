"use client";

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/**
 * Returns the version of the guidelines that this person saw last in this browser, and a function that notes another.
 * @returns undefined while the page is rendered on the server, null if none was seen
 */
export function useSeenGuideline(owner: string): [version: number | null | undefined, note: (version: number) => void] {
  const key = `leeway-guidelines/${owner}`;
  const seen = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(key),
    () => undefined,
  );
  return [
    seen === undefined ? undefined : seen === null ? null : Number(seen),
    (version) => {
      localStorage.setItem(key, String(version));
      for (const each of listeners) each();
    },
  ];
}
