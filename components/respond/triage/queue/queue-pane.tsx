"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import { Segmented } from "#components/ui/tabs.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { Queue, QueueFilter } from "#server/respond/triage/contract.ts";
import type { Row, Shift } from "../board-types.ts";
import { heaviness } from "../triage-text.ts";
import { ClosedList } from "./closed-list.tsx";
import classes from "./queue.module.css";
import { QueueLine } from "./queue-line.tsx";
import { ShiftFoot } from "./shift-foot.tsx";

interface QueuePaneProps {
  rows: Row[];
  first: Wire<Queue> | undefined;
  chosenId: string | undefined;
  filter: QueueFilter;
  onFilter: (filter: QueueFilter) => void;
  onChoose: (row: Row) => void;
  /** Loads more lines. */
  onMore: () => void;
  shift: Shift;
  failed?: ReactNode;
}

const rowHeight = 96;
const shown: { value: QueueFilter; label: string }[] = [
  { value: "all", label: "All" },
  { value: "mine", label: "Mine" },
  { value: "unacknowledged", label: "Open" },
  { value: "pages", label: "Pages" },
  { value: "silenced", label: "Silenced" },
];

/** Lists the open items, worst first; only the visible lines are rendered. */
export function QueuePane(props: QueuePaneProps) {
  const { rows, first, chosenId, filter, onFilter, onChoose, shift } = props;
  const box = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 6,
  });
  const items = list.getVirtualItems();
  const isAtEnd = (items.at(-1)?.index ?? 0) >= rows.length - 3;
  const more = useEffectEvent(props.onMore);
  useEffect(() => {
    if (isAtEnd) more();
  }, [isAtEnd]);
  const position = rows.findIndex(({ id }) => id === chosenId);
  const show = useEffectEvent((index: number) => list.scrollToIndex(index, { align: "auto" }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line was chosen, which must be in sight
  useEffect(() => {
    if (position >= 0) show(position);
  }, [chosenId]);
  const heaviest = Math.max(1e-9, ...rows.filter(({ state }) => state !== "silenced").map(heaviness));
  const counts = first?.counts;

  return (
    <section className={classes.pane} aria-label="Queue">
      <div className={classes.head}>
        <h2 className={classes.title}>
          Queue <span className="lw-quiet lw-number">{counts ? `${counts.all} open` : ""}</span>
        </h2>
        <Segmented label="Filter" value={filter} onChange={onFilter} options={shown} />
        <p className="lw-caption lw-quiet">Sorted by burn rate × reach, pages first</p>
      </div>
      {props.failed}
      <div className={classes.scroll} ref={box}>
        <div
          className={classes.lines}
          role="listbox"
          aria-label="Open alerts and incidents, worst first"
          style={{ height: list.getTotalSize() }}
        >
          {items.map(({ key, index, start }) => {
            const row = rows[index];
            return (
              row && (
                <QueueLine
                  row={row}
                  isChosen={row.id === chosenId}
                  weight={heaviness(row) / heaviest}
                  top={start}
                  height={rowHeight}
                  position={index + 1}
                  size={counts?.[filter] ?? rows.length}
                  onChoose={onChoose}
                  key={key}
                />
              )
            );
          })}
        </div>
        {rows.length === 0 && filter !== "all" && <p className={classes.nothing}>No items.</p>}
        {first && <ClosedList closed={first.closed} count={first.closedCount} />}
      </div>
      <ShiftFoot shift={shift} />
    </section>
  );
}
