"use client";

import { Button, Popover, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconColumns3, IconSearch } from "@tabler/icons-react";
import { startTransition, useEffect, useOptimistic, useState } from "react";
import { formatCountOf } from "#components/ui/format.ts";
import { keysAreFree } from "#components/ui/keys.ts";
import { fieldKinds, fixedRunColumns } from "#server/develop/tracking/tables/constants.ts";
import type { FieldKind, RunColumns } from "#server/develop/tracking/tables/contract.ts";
import type { RunView } from "../views/run-view.ts";
import { movedBy, movedTo, onlyDiffering, pickerRows, toggled } from "./column-choices.ts";
import { ColumnList } from "./column-list.tsx";
import classes from "./column-picker.module.css";
import { useRunFields } from "./use-run-fields.ts";

interface ColumnPickerProps {
  experimentId: number;
  columns: readonly string[];
  pinned: readonly string[];
  choices: RunColumns;
  /** Called with the changes to the address; undefined columns are the table's defaults. */
  onChange: (change: Partial<RunView>) => void;
}

/** Selects the visible columns: search, order, pins, only differing columns, reset. Key V. */
export function ColumnPicker({ columns, choices, ...props }: ColumnPickerProps) {
  const [opened, setOpened] = useState(false);
  const total = fixedRunColumns.length + choices.keys;

  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "v" || !keysAreFree(event)) return;
      // A chart in focus takes V for its own table view.
      if ((event.target as HTMLElement).closest?.("figure")) return;
      event.preventDefault();
      setOpened(true);
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          h={32}
          leftSection={<IconColumns3 size={15} stroke={1.8} aria-hidden="true" />}
          aria-expanded={opened}
          aria-haspopup="dialog"
          title="Columns (V)"
          onClick={() => setOpened(!opened)}
        >
          Columns&ensp;
          <span className="lw-quiet">{formatCountOf(columns.length, Math.max(total, columns.length))}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label="Columns">
        <Picker columns={columns} choices={choices} {...props} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Picker({ experimentId, columns: current, pinned: currentPins, choices, onChange }: ColumnPickerProps) {
  // Check boxes change immediately; the table follows once the new address is rendered.
  const [{ columns, pinned }, show] = useOptimistic({ columns: current, pinned: currentPins });
  const [text, setText] = useState("");
  const [expanded, setExpanded] = useState<FieldKind[]>([]);
  const [debounced] = useDebouncedValue(text.trim(), 150);
  const question = { experimentId, words: debounced, perPage: 100, enabled: true };
  const metric = useRunFields({ ...question, kind: "metric" });
  const param = useRunFields({ ...question, kind: "param" });
  const tag = useRunFields({ ...question, kind: "tag" });
  const found = { metric, param, tag };
  const failure = fieldKinds.map((kind) => found[kind].error).find(Boolean);
  const isKnown = fieldKinds.every((kind) => found[kind].total !== undefined);
  const rows = pickerRows({ columns, words: debounced, found, opened: expanded });

  function change(next: { columns?: string[] | undefined; pinned?: string[] }) {
    startTransition(() => {
      show({ columns: next.columns ?? columns, pinned: next.pinned ?? pinned });
      onChange(next);
    });
  }

  return (
    <>
      <TextInput
        data-autofocus
        aria-label="Find a column"
        placeholder="Find a column"
        leftSection={<IconSearch size={15} stroke={1.7} aria-hidden="true" />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setExpanded([]);
        }}
      />
      <ColumnList
        rows={rows}
        columns={columns}
        pinned={pinned}
        onToggle={(key) => change({ columns: toggled(columns, key), pinned: pinned.filter((each) => each !== key) })}
        onPin={(key) =>
          change({ pinned: pinned.includes(key) ? pinned.filter((each) => each !== key) : [...pinned, key] })
        }
        onMove={(key, by) => change({ columns: movedBy(columns, key, by) })}
        onDrop={(key, target) => change({ columns: movedTo(columns, key, target) })}
        onAll={(kind) => setExpanded([...expanded, kind])}
        onMore={(kind) => found[kind].more()}
      />
      {failure && <p className="lw-small lw-quiet">Could not load column names. {failure.message}</p>}
      {rows.length === 0 && isKnown && <p className="lw-small lw-quiet">No column matches “{text}”.</p>}
      <div className={classes.foot}>
        <button
          className={classes.link}
          type="button"
          onClick={() => change({ columns: onlyDiffering(columns, choices) })}
        >
          Differences only
        </button>
        <button
          className={classes.link}
          type="button"
          onClick={() => startTransition(() => onChange({ columns: undefined, pinned: [], widths: {} }))}
        >
          Reset
        </button>
      </div>
    </>
  );
}
