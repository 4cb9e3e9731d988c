"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";

/**
 * URL written last, and the router URL that it replaces. There is only one URL, which several parts of a page may read and write.
 */
let written: { ofRouter: string; href: string } | undefined;
const readers = new Set<() => void>();

interface QuietAddress {
  /** As the address says them, what was written included. */
  parameters: URLSearchParams;
  write: (href: string) => void;
}

/**
 * Stores UI state in the URL without the router, whose own replaceState restores the page and thereby drops a pending navigation or
 * refresh (Next 16). As the router does not know the written URL, it is written again after each render of the router, until the router
 * navigates to another URL.
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
    // A later visit to the page starts with the state of its URL.
    if (readers.size === 0) written = undefined;
  };
}

const current = () => written;
const nothing = () => undefined;

function queryOf(href: string): URLSearchParams {
  return new URLSearchParams(href.split("?")[1]);
}

/** Normalises an address: browsers and the router encode commas and spaces differently. */
function spelled(href: string): string {
  return `${href.split("?")[0]}?${queryOf(href)}`;
}

function present(): string {
  return window.location.pathname + window.location.search;
}

/** Calls the browser's own method, which the router has replaced on `window.history`. */
function replace(href: string): void {
  History.prototype.replaceState.call(window.history, window.history.state, "", href);
}
