"use client";

import { useEffect, useEffectEvent } from "react";
import { keysAreFree } from "#components/ui/keys.ts";

/** Listens for the keys of a page, once those of the shell had their turn. @param press whether the key did something */
export function usePageKeys(press: (key: string) => boolean): void {
  const act = useEffectEvent(press);
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.shiftKey || !keysAreFree(event) || !act(event.key.length === 1 ? event.key.toLowerCase() : event.key))
        return;
      event.preventDefault();
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
