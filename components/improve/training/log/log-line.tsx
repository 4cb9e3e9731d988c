"use client";

import { Fragment, memo } from "react";
import { formatBytes } from "#components/ui/format.ts";
import { formatAbsolute, formatClock } from "#components/ui/format-time.ts";
import classes from "./log.module.css";
import { type HeldLine, splitMatches } from "./log-window.ts";

interface LogLineProps {
  id: string;
  /** Address of the line, which the parts of a very long one share. */
  address: string;
  line: HeldLine;
  /** Text whose matches are marked; "" for none. */
  search: string;
  isCurrent: boolean;
  onMark: (id: string) => void;
}

/** Renders a line of a log with the time at which it came; the time is a link to the line. A log has thousands, so only those that change are rendered. */
export const LogLine = memo(function LogLine({ id, address, line, search, isCurrent, onMark }: LogLineProps) {
  const { number, text, dropped, at } = line;
  const clock = formatClock(new Date(at), { seconds: true });
  if (dropped > 0) return <div className={classes.gap}>{text || `${formatBytes(dropped)} were dropped here`}</div>;
  return (
    <div className={classes.line} id={id} data-current={isCurrent || undefined}>
      <a
        href={`#${address}`}
        title={`Line ${number}, came ${formatAbsolute(new Date(at))}`}
        aria-label={`${clock}, line ${number}`}
        tabIndex={-1}
        onClick={() => onMark(address)}
      >
        {clock}
      </a>
      <span>
        {splitMatches(text, search).map((part, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity
          part.isMatch ? <mark key={index}>{part.text}</mark> : <Fragment key={index}>{part.text}</Fragment>,
        )}
      </span>
    </div>
  );
});
