"use client";

import { Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { IconColumns3, IconSearch } from "@tabler/icons-react";
import { startTransition, useEffect, useOptimistic, useState } from "react";
import { formatCountOf } from "#components/ui/format.ts";
import { keysAreFree } from "#components/ui/keys.ts";
import { fixedRunColumns, type RunColumns } from "#server/tracking/contract.ts";
import { type ColumnGroup, columnGroups, onlyDiffering, toggled } from "./column-choices.ts";
import classes from "./column-picker.module.css";

interface ColumnPickerProps {
  columns: readonly string[];
  choices: RunColumns;
  /** The address is changed to these; undefined is the table's own choice. */
  onChange: (columns: string[] | undefined) => void;
}

/** Which columns are shown: search, groups, check boxes, only what differs, reset. Key V. */
export function ColumnPicker({ columns: current, choices, onChange }: ColumnPickerProps) {
  // Boxes answer at once, and the table when the new address is shown.
  const [columns, setColumns] = useOptimistic(current);
  const [opened, setOpened] = useState(false);
  const [words, setWords] = useState("");
  const groups = columnGroups(choices, words);
  const total = fixedRunColumns.length + choices.metrics.length * 2 + choices.params.length;

  function change(next: string[] | undefined) {
    startTransition(() => {
      if (next) setColumns(next);
      onChange(next);
    });
  }

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
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={290} trapFocus returnFocus withinPortal>
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
          Columns&ensp;<span className="lw-quiet">{formatCountOf(columns.length, total)}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label="Columns">
        <TextInput
          data-autofocus
          aria-label="Find a column"
          placeholder="Find a column"
          leftSection={<IconSearch size={15} stroke={1.7} aria-hidden="true" />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <div className={classes.list}>
          {groups.map((group) => (
            <Group group={group} columns={columns} onToggle={(key) => change(toggled(columns, key))} key={group.name} />
          ))}
          {groups.length === 0 && <p className="lw-small lw-quiet">No column has “{words}” in its name.</p>}
        </div>
        <div className={classes.foot}>
          <button className={classes.link} type="button" onClick={() => change(onlyDiffering(columns, choices))}>
            Only what differs
          </button>
          <button className={classes.link} type="button" onClick={() => change(undefined)}>
            Reset
          </button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface GroupProps {
  group: ColumnGroup;
  columns: readonly string[];
  onToggle: (key: string) => void;
}

function Group({ group, columns, onToggle }: GroupProps) {
  return (
    <fieldset className={classes.group}>
      <legend className="lw-caption lw-quiet">{group.name}</legend>
      {group.items.map((item) => (
        <Checkbox
          className={classes.choice}
          size="xs"
          key={item.key}
          checked={columns.includes(item.key)}
          onChange={() => onToggle(item.key)}
          label={
            <>
              {item.label} <span className="lw-small lw-quiet">{item.hint}</span>
            </>
          }
        />
      ))}
      {group.more > 0 && <p className="lw-small lw-quiet">and {group.more} more: search for them</p>}
    </fieldset>
  );
}
