"use client";

import { useEffect, useRef } from "react";

/**
 * Lets the address say what is kept on the screen, without the router: its own replaceState restores the page, and so drops a navigation
 * or refresh that is under way (Next 16). As the router does not know what was written, it is written again after each of its renders.
 * @returns writes an address
 */
export function useQuietAddress(): (href: string) => void {
  const written = useRef<{ ofRouter: string; href: string }>(undefined);
  useEffect(() => {
    if (written.current && present() === written.current.ofRouter) replace(written.current.href);
  });
  return (href) => {
    const known = written.current?.href === present() ? written.current.ofRouter : present();
    written.current = { ofRouter: known, href };
    replace(href);
  };
}

function present(): string {
  return window.location.pathname + window.location.search;
}

/** The browser's own, which the router has replaced on `window.history`. */
function replace(href: string): void {
  History.prototype.replaceState.call(window.history, window.history.state, "", href);
}
