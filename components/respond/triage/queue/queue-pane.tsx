"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ComponentProps, type ReactNode, useEffect, useEffectEvent, useMemo, useRef } from "react";
import type { Wire } from "#components/ui/wire.ts";
import type { Queue, QueueFilter } from "#server/respond/triage/contract.ts";
import type { Row, Shift } from "../board-types.ts";
import { ClosedList } from "./closed-list.tsx";
import classes from "./queue.module.css";
import { queueEntries } from "./queue-entries.ts";
import { QueueLine } from "./queue-line.tsx";
import { QueueTabs } from "./queue-tabs.tsx";
import { ShiftFoot } from "./shift-foot.tsx";

interface QueuePaneProps {
  rows: Row[];
  first: Wire<Queue> | undefined;
  chosenId: string | undefined;
  filter: QueueFilter;
  team: string | undefined;
  onTab: ComponentProps<typeof QueueTabs>["onTab"];
  onChoose: (row: Row) => void;
  /** Loads more lines. */
  onMore: () => void;
  shift: Shift;
  failed?: ReactNode;
}

const heights = { heading: 32, incident: 112, ticket: 32 } as const;

/** Lists the open items, worst first; only the visible lines are rendered. */
export function QueuePane(props: QueuePaneProps) {
  const { rows, first, chosenId, filter, team, onTab, onChoose, shift } = props;
  const box = useRef<HTMLDivElement>(null);
  const entries = useMemo(() => queueEntries(rows, chosenId), [rows, chosenId]);
  const list = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => heights[entries[index]?.kind ?? "incident"],
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: 6,
  });
  const items = list.getVirtualItems();
  const isAtEnd = (items.at(-1)?.index ?? 0) >= entries.length - 3;
  const more = useEffectEvent(props.onMore);
  useEffect(() => {
    if (isAtEnd) more();
  }, [isAtEnd]);
  const position = entries.findIndex((entry) => entry.kind !== "heading" && entry.row.id === chosenId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: entries of other kinds have other heights
  useEffect(() => list.measure(), [entries]);
  const show = useEffectEvent((index: number) => list.scrollToIndex(index, { align: "auto" }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line was chosen, which must be in sight
  useEffect(() => {
    if (position >= 0) show(position);
  }, [chosenId]);
  const counts = first?.counts;
  const ofTeam = first?.teams.find(({ id }) => id === team)?.count;
  const size = (team ? ofTeam : counts?.[filter]) ?? rows.length;

  return (
    <section className={classes.pane} aria-label="Queue">
      <div className={classes.head}>
        <h2 className={classes.title}>
          Incidents <span className="lw-quiet lw-number">{counts ? `${counts.all} open` : ""}</span>
        </h2>
        <QueueTabs first={first} filter={filter} team={team} onTab={onTab} />
        <p className="lw-caption lw-quiet">by what there is to do, then burn rate × reach</p>
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
            const entry = entries[index];
            if (!entry) return null;
            if (entry.kind === "heading") {
              return (
                <div
                  className={classes.section}
                  role="presentation"
                  style={{ transform: `translateY(${start}px)`, height: heights.heading }}
                  key={key}
                >
                  <strong>{entry.label}</strong> {entry.count}
                  <span>{entry.note}</span>
                </div>
              );
            }
            const { row, kind, more } = entry;
            return (
              <QueueLine
                row={row}
                isTicket={kind === "ticket"}
                more={more}
                isChosen={row.id === chosenId}
                top={start}
                height={heights[kind]}
                position={rows.indexOf(row) + 1}
                size={size}
                onChoose={onChoose}
                key={key}
              />
            );
          })}
        </div>
        {rows.length === 0 && (filter !== "all" || team) && <p className={classes.nothing}>No items.</p>}
        {first && <ClosedList closed={first.closed} count={first.closedCount} />}
      </div>
      <ShiftFoot shift={shift} />
    </section>
  );
}
