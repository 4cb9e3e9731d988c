"use client";

import { formatUntil } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Row } from "../board-types.ts";
import { burnText, describeAcknowledgement, formatAge, lineBadge, reachText } from "../triage-text.ts";
import classes from "./queue.module.css";

interface QueueLineProps {
  row: Row;
  /** A ticket has one line, an incident four. */
  isTicket: boolean;
  /** Other tickets that are folded into this one. */
  more: number;
  isChosen: boolean;
  top: number;
  height: number;
  /** From 1, of all. */
  position: number;
  size: number;
  onChoose: (row: Row) => void;
}

/** Renders one entry of the queue: its title, start, impact and assignee. */
export function QueueLine(props: QueueLineProps) {
  const { row, isTicket, more, isChosen, top, height, position, size, onChoose } = props;
  const now = useNow(10_000);
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
      {isTicket ? (
        <span className={classes.top}>
          <StatusShape state={lineBadge(row).state} />
          <strong className={classes.name}>{row.service || row.title}</strong>
          <span className={classes.cause} title={row.title}>
            {row.service && row.cause}
          </span>
          {more > 0 && <span title={`${more} other tickets of this endpoint`}>+{more}</span>}
          <span className={classes.age}>{formatAge(row.startedAt, now)}</span>
        </span>
      ) : (
        <IncidentLines row={row} now={now} />
      )}
    </button>
  );
}

function IncidentLines({ row, now }: { row: Row; now: number }) {
  const zone = useHydrated() ? undefined : "UTC";
  const until = (at: number) => formatUntil(at, now, zone);
  const { stage, incident, alerts, nextEscalationAt } = row;
  const { state, word } = lineBadge(row);
  const acknowledged = describeAcknowledgement(row, row.silencedUntil === null ? null : until(row.silencedUntil));
  const next = row.state === "unacknowledged" && nextEscalationAt !== null ? `, next ${until(nextEscalationAt)}` : "";
  const isActing = !stage || stage.stage === "act" || row.state === "silenced";
  return (
    <>
      <span className={classes.top}>
        <StatusBadge state={state}>{word}</StatusBadge>
        {incident && <Tag tone={incident.severity === "SEV1" ? "strong" : "neutral"}>{incident.severity}</Tag>}
        <span className={classes.age}>{formatAge(row.startedAt, now)}</span>
      </span>
      <strong className={classes.name}>{row.title}</strong>
      <span className={classes.numbers}>
        {isActing ? (
          <span className="lw-truncate">
            {row.burn !== null && (
              <>
                Burn rate <b>{burnText(row.burn)}</b> &nbsp;{" "}
              </>
            )}
            <b>{reachText(row.reach)}</b>
          </span>
        ) : (
          <span className="lw-truncate">{stage.words}</span>
        )}
        {alerts > 0 && <span className={classes.age}>{alerts === 1 ? "1 alert" : `${alerts} alerts`}</span>}
      </span>
      <span className={classes.foot}>
        <span className="lw-truncate" data-urgent={acknowledged.isUrgent || undefined}>
          {acknowledged.words}
          {next}
        </span>
        {incident && (
          <span className={classes.ids}>
            <span className="lw-mono">INC-{incident.number}</span>
          </span>
        )}
      </span>
    </>
  );
}
