"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";

/** What was written over which address of the router. There is one address, which several parts of a page may read and write. */
let written: { ofRouter: string; href: string } | undefined;
const readers = new Set<() => void>();

interface QuietAddress {
  /** As the address says them, what was written included. */
  parameters: URLSearchParams;
  write: (href: string) => void;
}

/**
 * Lets the address say what is kept on the screen, without the router: its own replaceState restores the page, and so drops a navigation
 * or refresh that is under way (Next 16). As the router does not know what was written, it is written again after each of its renders,
 * until it goes to another address.
 */
export function useQuietAddress(): QuietAddress {
  const parameters = useSearchParams();
  const ofRouter = spelled(`${usePathname()}?${parameters}`);
  const latest = useSyncExternalStore(subscribe, current, nothing);
  const isSettled = latest !== undefined && spelled(latest.ofRouter) === ofRouter;
  useEffect(() => {
    if (!written) return;
    if (spelled(written.ofRouter) !== ofRouter) written = undefined;
    else if (present() === written.ofRouter) replace(written.href);
  });
  return { parameters: isSettled ? queryOf(latest.href) : new URLSearchParams(parameters), write };
}

function write(href: string): void {
  const ofRouter = written?.href === present() ? written.ofRouter : present();
  written = { ofRouter, href };
  replace(href);
  for (const read of readers) read();
}

function subscribe(read: () => void): () => void {
  readers.add(read);
  return () => {
    readers.delete(read);
    // Whoever comes back to the page begins with what its address says.
    if (readers.size === 0) written = undefined;
  };
}

const current = () => written;
const nothing = () => undefined;

function queryOf(href: string): URLSearchParams {
  return new URLSearchParams(href.split("?")[1]);
}

/** An address in one spelling: browsers and the router encode commas and blanks differently. */
function spelled(href: string): string {
  return `${href.split("?")[0]}?${queryOf(href)}`;
}

function present(): string {
  return window.location.pathname + window.location.search;
}

/** The browser's own, which the router has replaced on `window.history`. */
function replace(href: string): void {
  History.prototype.replaceState.call(window.history, window.history.state, "", href);
}
