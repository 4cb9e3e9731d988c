"use client";

import { type ReactNode, useEffect, useRef } from "react";

/** Renders the row of tabs, scrolled to the current one if not all fit. */
export function TabList({ label, current, className, children }: TabListProps) {
  const list = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab became the current one
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (!list.current || !tab) return;
    const { left, right } = list.current.getBoundingClientRect();
    const at = tab.getBoundingClientRect();
    // scrollIntoView would scroll the page too.
    if (at.left < left || at.right > right) list.current.scrollLeft += at.left - left - (right - left - at.width) / 2;
  }, [current]);
  return (
    <nav className={className} aria-label={label} ref={list}>
      {children}
    </nav>
  );
}

interface TabListProps {
  label: string;
  /** The address of the current tab. */
  current: string | undefined;
  className: string | undefined;
  children: ReactNode;
}
