"use client";

import { useNow } from "#components/ui/now.tsx";
import type { Shift, Timeline } from "#server/respond/oncall/schedules/contract.ts";
import { barPosition, lanesOf } from "./timeline-bars.ts";
import classes from "./timeline-chart.module.css";

interface TimelineChartProps {
  timeline: Timeline;
  timeZone: string;
  /** Called with the selected shift, to override or swap it; if omitted, bars are not buttons. A shift that has ended never is. */
  onChoose?: (shift: Shift) => void;
}

/** Renders about two weeks as a calendar in the schedule's time zone: layers, overrides and the final schedule, with gaps hatched. */
export function TimelineChart({ timeline, timeZone, onChoose }: TimelineChartProps) {
  const now = new Date(useNow(60_000));
  const isNow = now >= timeline.from && now < timeline.to;
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", day: "numeric" });
  const words = (name: string, { from, to }: { from: Date; to: Date }) =>
    `${name}, ${time.format(from)} to ${time.format(to)}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys on narrow screens
    <section className={classes.scroll} aria-label={`Calendar, times in ${timeZone}`} tabIndex={0}>
      <div className={classes.chart}>
        <div className={classes.days} aria-hidden="true">
          {timeline.days.map((at, index) => {
            const end = timeline.days[index + 1] ?? timeline.to;
            const { left, width } = barPosition(timeline, { from: at, to: end });
            return (
              <span key={at.getTime()} style={{ left: `${left}%`, width: `${width}%` }}>
                {day.format(at)}
              </span>
            );
          })}
        </div>
        {lanesOf(timeline).map((lane) => (
          <div className={classes.lane} data-final={lane.name === "On call" || undefined} key={lane.name}>
            <span className={classes.name} title={lane.name}>
              {lane.name}
            </span>
            <ul className={classes.track}>
              {lane.bars.map(({ key, name, series, left, width, shift }) => {
                const label = words(name, shift);
                const style = { left: `${left}%`, width: `${width}%`, "--series": `var(--lw-series-${series})` };
                return (
                  <li
                    className={classes.bar}
                    style={style}
                    key={key}
                    data-override={shift.overrideId !== null || undefined}
                  >
                    {onChoose && lane.name === "On call" && shift.to > now ? (
                      <button
                        type="button"
                        title={label}
                        aria-label={`${label}: override or swap`}
                        onClick={() => onChoose(shift)}
                      >
                        {name}
                      </button>
                    ) : (
                      <span title={label}>
                        {name}
                        <span className="lw-hidden">{label.slice(name.length)}</span>
                      </span>
                    )}
                  </li>
                );
              })}
              {lane.gaps.map(({ key, left, width }) => (
                <li className={classes.gap} style={{ left: `${left}%`, width: `${width}%` }} key={key}>
                  <span>No one</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
        <div className={classes.lines} aria-hidden="true">
          {timeline.days.map((at) => (
            <i key={at.getTime()} style={{ left: `${barPosition(timeline, { from: at, to: timeline.to }).left}%` }} />
          ))}
          {isNow && <b style={{ left: `${barPosition(timeline, { from: now, to: timeline.to }).left}%` }} />}
        </div>
      </div>
    </section>
  );
}
