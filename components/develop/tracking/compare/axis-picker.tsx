"use client";

import { MultiSelect, Popover, Select } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import classes from "./compare.module.css";
import { axisNames, maxAxes } from "./compare-axes.ts";

/** The lists of long experiments are searched, not scrolled. */
const maxListed = 60;

function grouped(choices: readonly string[]) {
  const names = new Map(axisNames(choices).map(({ key, label }) => [key, label]));
  const of = (kind: string) =>
    choices
      .filter((column) => column.startsWith(`${kind}.`))
      .map((value) => ({ value, label: names.get(value) ?? value }));
  return [
    { group: "Parameters", items: of("params") },
    { group: "Metrics", items: of("metrics") },
  ];
}

interface AxesPickerProps {
  axes: readonly string[];
  choices: readonly string[];
  onChange: (axes: string[]) => void;
}

/** Button with a list that selects which params and metrics are axes. */
export function AxesPicker({ axes, choices, onChange }: AxesPickerProps) {
  return (
    <Popover position="bottom-end" width={360} trapFocus>
      <Popover.Target>
        <button className={classes.pick} type="button">
          <IconAdjustmentsHorizontal size={15} stroke={1.7} aria-hidden="true" />
          Axes
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <MultiSelect
          label={`Axes (up to ${maxAxes})`}
          data={grouped([...new Set([...choices, ...axes])])}
          value={[...axes]}
          onChange={onChange}
          maxValues={maxAxes}
          limit={maxListed}
          searchable
          hidePickedOptions
          nothingFoundMessage="No matching parameter or metric"
          comboboxProps={{ withinPortal: false }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

interface AxisSelectProps {
  label: string;
  value: string | undefined;
  choices: readonly string[];
  /** Called with the new column; undefined removes the axis if `mayBeAbsent`. */
  onChange: (column: string | undefined) => void;
  mayBeAbsent?: boolean;
}

/** Selects the param or metric of one axis or of the colour. */
export function AxisSelect({ label, value, choices, onChange, mayBeAbsent = false }: AxisSelectProps) {
  return (
    <div className={classes.axisSelect}>
      <span aria-hidden="true">{label}</span>
      <Select
        aria-label={label}
        data={grouped([...new Set([...choices, ...(value ? [value] : [])])])}
        value={value ?? null}
        onChange={(column) => onChange(column ?? undefined)}
        limit={maxListed}
        searchable
        clearable={mayBeAbsent}
        allowDeselect={false}
        placeholder={mayBeAbsent ? "nothing" : "select"}
        nothingFoundMessage="No matching parameter or metric"
      />
    </div>
  );
}
