"use client";

import { useEffect } from "react";

/**
 * Gives the focus back when a dialog goes: to what opened it, to the button of the menu that it was chosen from, or to the page when
 * what opened it is gone too. A dialog that its parent no longer renders has no moment for that of its own.
 */
export function useReturnFocus(): void {
  useEffect(() => {
    const opener = document.activeElement;
    const menu = opener?.closest("[role=menu]")?.getAttribute("aria-labelledby");
    const element = menu ? document.getElementById(menu) : opener;
    return () => {
      // Later, as the dialog is still there now.
      setTimeout(() => {
        if (document.activeElement && document.activeElement !== document.body) return;
        const next = element?.isConnected && element !== document.body ? element : document.getElementById("content");
        if (next instanceof HTMLElement) next.focus({ preventScroll: true });
      });
    };
  }, []);
}
