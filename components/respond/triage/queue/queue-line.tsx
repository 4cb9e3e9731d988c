"use client";

import { formatUntil } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Row } from "../board-types.ts";
import { burnText, describeAcknowledgement, formatAge, reachText, severityWord, stageBadge } from "../triage-text.ts";
import classes from "./queue.module.css";

interface QueueLineProps {
  row: Row;
  isChosen: boolean;
  /** 0 to 1 of the heaviest. */
  weight: number;
  top: number;
  height: number;
  /** From 1, of all. */
  position: number;
  size: number;
  onChoose: (row: Row) => void;
}

/** Renders one line of the queue: its title, start, impact and assignee. */
export function QueueLine({ row, isChosen, weight, top, height, position, size, onChoose }: QueueLineProps) {
  const now = useNow(10_000);
  const zone = useHydrated() ? undefined : "UTC";
  const until = (at: number) => formatUntil(at, now, zone);
  const staged = stageBadge(row);
  const { state, word } = staged ?? severityWord(row);
  const acknowledged = describeAcknowledgement(row, row.silencedUntil === null ? null : until(row.silencedUntil));
  const next =
    row.state === "unacknowledged" && row.nextEscalationAt !== null
      ? `next escalation ${until(row.nextEscalationAt)}`
      : "";
  return (
    <button
      className={classes.line}
      style={{ transform: `translateY(${top}px)`, height }}
      type="button"
      role="option"
      aria-selected={isChosen}
      aria-posinset={position}
      aria-setsize={size}
      tabIndex={isChosen ? 0 : -1}
      data-line={row.id}
      onClick={() => onChoose(row)}
    >
      <span className={classes.top}>
        <StatusBadge state={state}>{word}</StatusBadge>
        <strong className="lw-truncate">{row.service || "no service"}</strong>
        <span className={classes.age}>{formatAge(row.startedAt, now)}</span>
      </span>
      <span className={classes.cause}>{row.cause}</span>
      <span className={classes.numbers}>
        {staged ? (
          <span className="lw-truncate">{row.stage?.words}</span>
        ) : (
          <>
            <span>
              Burn <b>{burnText(row.burn)}</b>
            </span>
            <span>
              Reach <b>{reachText(row.reach)}</b>
            </span>
          </>
        )}
        <span className={classes.bar} aria-hidden="true">
          <span style={{ width: `${Math.round(weight * 100)}%` }} />
        </span>
      </span>
      <span className={classes.foot}>
        <span className="lw-truncate" data-urgent={acknowledged.isUrgent || undefined}>
          {acknowledged.words}
          {next && <span className="lw-quiet">, {next}</span>}
        </span>
        <span className={classes.ids}>
          {row.alerts > 1 && `${row.alerts} alerts `}
          {row.incident && <span className="lw-mono">INC-{row.incident.number}</span>}
        </span>
      </span>
    </button>
  );
}
