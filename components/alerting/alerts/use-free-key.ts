"use client";

import { useEffect, useEffectEvent } from "react";
import { keysAreFree } from "#components/ui/keys.ts";

/** Calls with each single key that is pressed while no field has the focus and nothing lies above the page. */
export function useFreeKey(onKey: (key: string) => void): void {
  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (keysAreFree(event)) onKey(event.key.toLowerCase());
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handleKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
