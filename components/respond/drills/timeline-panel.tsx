"use client";

import type { CSSProperties } from "react";
import { formatPercent, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { GameDay, Moment } from "#server/respond/drills/contract.ts";
import classes from "./drills.module.css";
import { formatSeconds, momentLooks } from "./game-day-text.ts";
import { bandsOf, layoutTimeline, type TimelineLayout } from "./timeline.ts";

interface TimelinePanelProps {
  day: Pick<GameDay, "fault" | "faultWords" | "scope" | "share" | "minutes" | "startedAt" | "endedAt">;
  timeline: readonly Moment[];
}

/** Draws the moments of a game day in seconds after the fault began, over the share that it had. The list below is the same in words. */
export function TimelinePanel({ day, timeline }: TimelinePanelProps) {
  const { startedAt, endedAt, minutes } = day;
  const isHydrated = useHydrated();
  const now = useNow();
  const start = startedAt?.getTime() ?? 0;
  const isRunning = endedAt === null;
  const nowSeconds = isRunning && startedAt !== null ? Math.max(0, (now - start) / 1000) : null;
  const endSeconds = endedAt === null ? (nowSeconds ?? 0) : (endedAt.getTime() - start) / 1000;
  const layout = layoutTimeline(timeline, minutes, nowSeconds);
  return (
    <Panel title="Timeline" subtitle="time since injection">
      {isHydrated && <Drawing day={day} layout={layout} endSeconds={endSeconds} nowSeconds={nowSeconds} />}
      <ol className={classes.moments} aria-label="Timeline">
        {layout.moments.map((moment) => (
          <MomentLine moment={moment} key={moment.what} />
        ))}
        {layout.pending.map((moment) => (
          <MomentLine moment={moment} key={moment.what} />
        ))}
      </ol>
    </Panel>
  );
}

function MomentLine({ moment: { what, seconds, words, href } }: { moment: Moment }) {
  const { state, label } = momentLooks[what];
  return (
    <li data-pending={seconds === null || undefined}>
      <StatusShape state={seconds === null ? "not-started" : state} />
      <span>{label}</span>
      <span className="lw-number">{seconds === null ? noValue : formatSeconds(seconds)}</span>
      <span className="lw-muted">{href === null ? words : <Link href={href}>{words}</Link>}</span>
    </li>
  );
}

interface DrawingProps {
  day: TimelinePanelProps["day"];
  layout: TimelineLayout;
  endSeconds: number;
  nowSeconds: number | null;
}

function Drawing({ day, layout, endSeconds, nowSeconds }: DrawingProps) {
  const place = (seconds: number) => `${(seconds / layout.end) * 100}%`;
  const bands = bandsOf(day, endSeconds);
  const full = bands.at(-1)?.share ?? null;
  const lines = Math.max(1, ...layout.moments.map(({ line }) => line + 1));
  return (
    <div className={classes.timeline} style={{ "--lines": lines } as CSSProperties} aria-hidden="true">
      {bands.map(({ from, to, share }) => (
        <span
          className={classes.band}
          style={{
            left: place(from),
            width: place(to - from),
            height: share === null || full === null ? 24 : 8 + 16 * (share / full),
          }}
          key={from}
        >
          {to - from > layout.end / 4 ? day.faultWords : share !== null && formatPercent(share)}
        </span>
      ))}
      <span className={classes.axis} />
      <span className={classes.passed} style={{ width: place(endSeconds) }} />
      {nowSeconds !== null && (
        <>
          <span className={classes.planned} style={{ left: place(day.minutes * 60) }} />
          <span className={classes.now} style={{ left: place(nowSeconds) }}>
            {formatSeconds(Math.floor(nowSeconds))}
          </span>
        </>
      )}
      {layout.moments.map(({ what, at, line, seconds }) => (
        <span
          className={classes.moment}
          data-end={at > 0.85 || undefined}
          style={{ left: `${at * 100}%`, "--line": line } as CSSProperties}
          key={what}
        >
          <span className={classes.dot}>
            <StatusShape state={momentLooks[what].state} />
          </span>
          <span className={classes.momentLabel}>
            <strong>{momentLooks[what].label}</strong> {formatSeconds(seconds)}
          </span>
        </span>
      ))}
      {layout.ticks.map((seconds) => (
        <span className={classes.tick} style={{ left: place(seconds) }} key={seconds}>
          {formatSeconds(seconds)}
        </span>
      ))}
    </div>
  );
}
