"use client";

import { useEffect, useEffectEvent } from "react";
import { keysAreFree } from "#components/ui/keys.ts";

/** Calls a function when a letter is pressed on the page, outside fields and dialogs. @param key "M"; undefined for none */
export function usePageKey(key: string | undefined, run: () => void): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toUpperCase() !== key || event.shiftKey || event.repeat || !keysAreFree(event)) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    if (key === undefined) return;
    const listen = (event: KeyboardEvent) => pressed(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [key]);
}
