"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import { keysAreFree } from "./keys.ts";

interface TableKeysProps {
  className: string | undefined;
  label: string;
  maxHeight: string | undefined;
  children: ReactNode;
}

const interactive = "a, button, input, select, textarea, label, [role=button]";

function allRows(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("tr[data-lw-row]")];
}

/** Handles the keys that move through the rows, and makes the complete row the target of its link. */
export function TableKeys({ className, label, maxHeight, children }: TableKeysProps) {
  const router = useRouter();
  const root = useRef<HTMLDivElement>(null);

  function move(target: HTMLElement | undefined, extend: boolean) {
    if (!target || !root.current) return;
    for (const row of allRows(root.current)) row.tabIndex = row === target ? 0 : -1;
    target.focus();
    target.scrollIntoView({ block: "nearest" });
    const box = target.querySelector<HTMLInputElement>("input[data-lw-select]");
    if (extend && box && !box.checked) box.click();
  }

  function handle(event: globalThis.KeyboardEvent | KeyboardEvent): boolean {
    if (!root.current) return false;
    const rows = allRows(root.current);
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const row = rows[at];
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[
      event.key.length === 1 ? event.key.toLowerCase() : event.key
    ];
    if (step !== undefined)
      move(rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))], event.shiftKey);
    else if (!row) return false;
    else if (event.key === "Home") move(rows[0], event.shiftKey);
    else if (event.key === "End") move(rows.at(-1), event.shiftKey);
    else if (event.key === " ") row.querySelector<HTMLInputElement>("input[data-lw-select]")?.click();
    else if (event.key === "Enter") open(row, event.metaKey || event.ctrlKey);
    else return false;
    return true;
  }

  function open(row: HTMLElement, beside: boolean) {
    const href = row.dataset.href;
    // A row that represents several others expands in place.
    if (!href) return row.querySelector<HTMLElement>("[data-lw-toggle]")?.click();
    if (beside) window.open(href, "_blank", "noopener");
    else router.push(href);
  }

  // J and K also work without focus, for the first table of the page.
  useEffect(() => {
    function listen(event: globalThis.KeyboardEvent) {
      const first = document.querySelector("[data-lw-table]") === root.current;
      const elsewhere = document.activeElement !== document.body && document.activeElement?.id !== "content";
      if (!first || elsewhere || !/^[jk]$/i.test(event.key) || !keysAreFree(event)) return;
      if (handle(event)) event.preventDefault();
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });

  useEffect(() => {
    const rows = root.current ? allRows(root.current) : [];
    if (rows[0] && !rows.some((row) => row.tabIndex === 0)) rows[0].tabIndex = 0;
  });

  return (
    // biome-ignore lint/a11y/useSemanticElements: a scrolling region around a table, not a section of the page
    <div
      className={className}
      ref={root}
      role="region"
      aria-label={`${label}, scrolls horizontally`}
      data-lw-table
      style={maxHeight ? { maxHeight, overflow: "auto" } : undefined}
      onKeyDown={(event) => {
        if ((event.target as HTMLElement).dataset.lwRow === undefined) return;
        if (handle(event)) event.preventDefault();
      }}
      onClick={(event: MouseEvent) => {
        const target = event.target as HTMLElement;
        const row = target.closest<HTMLElement>("tr[data-lw-row]");
        if (!row || target.closest(interactive) || window.getSelection()?.toString()) return;
        open(row, event.metaKey || event.ctrlKey);
      }}
    >
      {children}
    </div>
  );
}
