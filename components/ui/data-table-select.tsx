"use client";

import { Checkbox } from "@mantine/core";
import type { Selection } from "./data-table.tsx";

/** Renders the check box of a row. */
export function SelectRow({ id, name, selection }: { id: string; name: string; selection: Selection }) {
  const checked = selection.ids.includes(id);
  return (
    <Checkbox
      size="xs"
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
  return (
    <Checkbox
      size="xs"
      aria-label="Select all visible rows"
      checked={all}
      indeterminate={count > 0 && !all}
      onChange={() =>
        selection.onChange(
          all ? selection.ids.filter((id) => !ids.includes(id)) : [...new Set([...selection.ids, ...ids])],
        )
      }
    />
  );
}
