"use client";

import { useEffect, useState } from "react";

/**
 * Returns whether a dialog is open, false in its first render. Code that is loaded when a dialog opens would otherwise start with an open one,
 * which neither appears with its transition nor knows where the focus came from.
 */
export function useOpenedLater(opened: boolean): boolean {
  const [isMounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return opened && isMounted;
}
