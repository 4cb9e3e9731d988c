"use client";

import { type ReactNode, useEffect } from "react";
import classes from "./data-table.module.css";
import { plural } from "./format.ts";
import { Keys } from "./key-hint.tsx";
import { keysAreFree } from "./keys.ts";

interface SelectionBarProps {
  count: number;
  /** Noun for the selected rows: "run". */
  noun: string;
  onClear: () => void;
  children: ReactNode;
}

/** Renders one floating bar with the count, the actions and Esc while something is selected. */
export function SelectionBar({ count, noun, onClear, children }: SelectionBarProps) {
  useEffect(() => {
    if (count === 0) return;
    function listen(event: KeyboardEvent) {
      if (event.key === "Escape" && keysAreFree(event)) onClear();
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
  if (count === 0) return null;
  return (
    <div className={classes.selection} role="toolbar" aria-label="Selected rows">
      <strong>{plural(count, noun)} selected</strong>
      {children}
      <button className={classes.clear} type="button" onClick={onClear}>
        <Keys keys={["Esc"]} /> clear
      </button>
    </div>
  );
}
