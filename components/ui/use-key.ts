"use client";

import { useEffect } from "react";
import { keysAreFree } from "./keys.ts";

/** Calls `act` when a letter is pressed while no field has the focus and no dialog is open. @param act undefined while there is nothing to do */
export function useKey(letter: string, act: (() => void) | undefined): void {
  useEffect(() => {
    if (!act) return;
    const run = act;
    function listen(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== letter.toLowerCase() || event.shiftKey || !keysAreFree(event)) return;
      event.preventDefault();
      run();
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
}
