"use client";

import { Checkbox } from "@mantine/core";
import { IconGripVertical, IconPin, IconPinFilled } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import type { FieldKind } from "#server/develop/tracking/tables/contract.ts";
import type { ColumnChoice, PickerRow } from "./column-choices.ts";
import classes from "./column-list.module.css";

interface ColumnListProps {
  rows: readonly PickerRow[];
  columns: readonly string[];
  pinned: readonly string[];
  onToggle: (key: string) => void;
  onPin: (key: string) => void;
  onMove: (key: string, by: -1 | 1) => void;
  /** Called when a column was dropped on the position of another. */
  onDrop: (key: string, target: string) => void;
  onAll: (kind: FieldKind) => void;
  onMore: (kind: FieldKind) => void;
}

const rowHeight = 28;

/** Renders the rows of the picker; only visible ones are drawn, because there may be thousands. */
export function ColumnList(props: ColumnListProps) {
  const { rows, onAll } = props;
  const box = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => idOf(rows[index], index),
    overscan: 8,
  });
  const items = list.getVirtualItems();
  const ends = items.flatMap(({ index }) => (rows[index]?.kind === "more" ? [rows[index].of] : []));
  const more = useEffectEvent(props.onMore);
  useEffect(() => {
    for (const kind of ends) more(kind);
  });

  return (
    <div className={classes.box} ref={box}>
      <div className={classes.rows} style={{ height: list.getTotalSize() }}>
        {items.map(({ key, index, start }) => {
          const row = rows[index];
          return (
            <div className={classes.place} key={key} style={{ transform: `translateY(${start}px)` }}>
              {row?.kind === "head" && (
                <p className={classes.head}>
                  {row.name} <span className="lw-number">{row.hint}</span>
                </p>
              )}
              {row?.kind === "choice" && <Choice choice={row} {...props} />}
              {row?.kind === "shown" && <Shown choice={row} {...props} />}
              {row?.kind === "all" && (
                <button className={classes.all} type="button" onClick={() => onAll(row.of)}>
                  {row.label}
                </button>
              )}
              {row?.kind === "more" && <p className={classes.head}>Loading more…</p>}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function idOf(row: PickerRow | undefined, index: number): string {
  if (!row) return String(index);
  return row.kind === "head" ? `head ${row.name}` : "key" in row ? `${row.kind} ${row.key}` : `${row.kind} ${row.of}`;
}

function Choice({ choice, columns, onToggle }: ColumnListProps & { choice: ColumnChoice }) {
  return (
    <Checkbox
      className={classes.choice}
      size="xs"
      checked={columns.includes(choice.key)}
      onChange={() => onToggle(choice.key)}
      label={<Label choice={choice} />}
    />
  );
}

/** Renders a visible column, which can be moved and pinned. */
function Shown({
  choice,
  columns,
  pinned,
  onToggle,
  onPin,
  onMove,
  onDrop,
}: ColumnListProps & { choice: ColumnChoice }) {
  const { key, label } = choice;
  const [isDragOver, setDragOver] = useState(false);
  const isPinned = pinned.includes(key);
  const Pin = isPinned ? IconPinFilled : IconPin;
  function move(event: KeyboardEvent) {
    const by = { ArrowUp: -1 as const, ArrowDown: 1 as const }[event.key];
    if (!event.altKey || !by) return;
    event.preventDefault();
    onMove(key, by);
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging has an equal in Alt and arrows on the box
    <div
      className={classes.shown}
      data-over={isDragOver || undefined}
      draggable
      onKeyDown={move}
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", key);
        event.dataTransfer.effectAllowed = "move";
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setDragOver(true);
      }}
      onDragLeave={() => setDragOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDragOver(false);
        const dropped = event.dataTransfer.getData("text/plain");
        if (columns.includes(dropped)) onDrop(dropped, key);
      }}
    >
      <IconGripVertical className={classes.grip} size={13} stroke={1.8} aria-hidden="true" />
      <Checkbox
        className={classes.choice}
        size="xs"
        checked
        onChange={() => onToggle(key)}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        label={<Label choice={choice} />}
      />
      <button
        className={classes.pin}
        type="button"
        aria-pressed={isPinned}
        aria-label={`Pin ${label}`}
        title={isPinned ? "Pinned: stays visible" : "Pin: keep visible while scrolling"}
        onClick={() => onPin(key)}
      >
        <Pin size={13} stroke={1.8} aria-hidden="true" />
      </button>
    </div>
  );
}

function Label({ choice: { label, hint } }: { choice: ColumnChoice }) {
  return (
    <span className={`${classes.label} lw-truncate`} title={label}>
      {label} <span className="lw-small lw-quiet">{hint}</span>
    </span>
  );
}
