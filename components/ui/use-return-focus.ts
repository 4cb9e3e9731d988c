"use client";

import { useEffect } from "react";

/**
 * Returns the focus when a dialog closes: to the element that opened it, to the button of the menu it was selected from, or to the page
 * when that element is gone too. A dialog that its parent no longer renders cannot do so itself.
 */
export function useReturnFocus(): void {
  useEffect(() => {
    const opener = document.activeElement;
    const menu = opener?.closest("[role=menu]")?.getAttribute("aria-labelledby");
    const element = menu ? document.getElementById(menu) : opener;
    return () => {
      // Deferred, because the dialog still exists now.
      setTimeout(() => {
        if (document.activeElement && document.activeElement !== document.body) return;
        const next = element?.isConnected && element !== document.body ? element : document.getElementById("content");
        if (next instanceof HTMLElement) next.focus({ preventScroll: true });
      });
    };
  }, []);
}
