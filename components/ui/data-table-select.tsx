"use client";

import { useEffect, useRef } from "react";
import type { Selection } from "./data-table.tsx";
import classes from "./data-table-select.module.css";

/** Renders the check box of a row: the browser's own, since the one of the library brings the frame of all its fields to each page with a table. */
export function SelectRow({ id, name, selection }: { id: string; name: string; selection: Selection }) {
  const checked = selection.ids.includes(id);
  return (
    <input
      type="checkbox"
      className={classes.box}
      aria-label={`Select ${name}`}
      tabIndex={-1}
      data-lw-select
      checked={checked}
      onChange={() =>
        selection.onChange(checked ? selection.ids.filter((each) => each !== id) : [...selection.ids, id])
      }
    />
  );
}

/** Renders the check box in the header, which selects the visible rows or none. */
export function SelectAll({ ids, selection }: { ids: string[]; selection: Selection }) {
  const count = ids.filter((id) => selection.ids.includes(id)).length;
  const all = count === ids.length && count > 0;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // No attribute says so.
    if (box.current) box.current.indeterminate = count > 0 && !all;
  });
  return (
    <input
      type="checkbox"
      className={classes.box}
      ref={box}
      aria-label="Select all visible rows"
      checked={all}
      onChange={() =>
        selection.onChange(
          all ? selection.ids.filter((id) => !ids.includes(id)) : [...new Set([...selection.ids, ...ids])],
        )
      }
    />
  );
}
