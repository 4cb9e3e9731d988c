"use client";

import { useElementSize } from "@mantine/hooks";
import { formatNumber } from "#components/ui/format.ts";
import { ClockTime } from "#components/ui/relative-time.tsx";
import classes from "./evidence-curve.module.css";
import { type EvidenceCurve as Curve, crossing, evidenceAxis, pathOf, type StepSpan } from "./evidence-series.ts";

interface EvidenceCurveProps {
  curve: Curve;
  /** Thresholds as logarithms; null where nothing has to be proved. */
  logThreshold: number;
  logSafeThreshold: number | null;
  spans: readonly StepSpan[];
  /** Shares of the steps, named above the first curve. */
  stepNames?: readonly string[] | undefined;
  range: { from: number; to: number };
  /** Whether the rollout is still running; draws the current time. */
  isLive: boolean;
  isHarmful: boolean;
  /** Time at which the required verdict is expected. */
  expectedAt?: number | undefined;
  /** Names start and end below, for the last curve. */
  hasTimes?: boolean | undefined;
  /** Text that screen readers announce instead of the chart. */
  summary: string;
}

const height = 72;
const room = { left: 34, right: 8, top: 5, bottom: 3 };

/** Renders evidence for "no worse" (accent) and for "worse" (dashed, red once decisive) over the steps. Curves are clipped to the plot. */
export function EvidenceCurve(props: EvidenceCurveProps) {
  const { curve, logThreshold, logSafeThreshold, spans, range, isHarmful, stepNames } = props;
  const { ref, width } = useElementSize();
  const { low, high, ticks } = evidenceAxis([logThreshold, ...(logSafeThreshold === null ? [] : [logSafeThreshold])]);
  const right = Math.max(room.left + 1, width - room.right);
  // The expected time needs room to the right of the current time.
  const to = Math.max(range.to, Math.min(props.expectedAt ?? 0, range.to + (range.to - range.from) * 0.25));
  const x = (at: number) => room.left + ((at - range.from) / (to - range.from || 1)) * (right - room.left);
  const y = (logE: number) => room.top + ((high - logE) / (high - low)) * (height - room.top - room.bottom);
  const safeAt = logSafeThreshold === null ? undefined : crossing(curve.safe, logSafeThreshold);
  const worseAt = crossing(curve.worse, logThreshold);
  const lastSafe = curve.safe.findLast(({ logE }) => logE !== null);
  const names = stepNames ? spans.map(({ step, from, to: until }) => ({ step, middle: (x(from) + x(until)) / 2 })) : [];
  const clip = `clip-${logThreshold}-${width}`;
  return (
    <div className={classes.place} ref={ref}>
      {stepNames && (
        <div className={classes.names} aria-hidden="true">
          {names.map(({ step, middle }, index) =>
            index > 0 && middle - (names[index - 1]?.middle ?? 0) < 30 ? null : (
              <span style={{ left: middle }} key={step}>
                {stepNames[step] ?? ""}
              </span>
            ),
          )}
        </div>
      )}
      {width > 0 && (
        <svg className={classes.plot} width={width} height={height} role="img" aria-label={props.summary}>
          <clipPath id={clip}>
            <rect x={room.left} y={0} width={right - room.left} height={y(low)} />
          </clipPath>
          {ticks.map((tick) => (
            <g key={tick}>
              <path className={classes.grid} d={`M${room.left} ${y(Math.log(tick))}H${right}`} />
              <text className={classes.tick} x={room.left - 6} y={y(Math.log(tick)) + 4} textAnchor="end">
                {formatNumber(tick)}
              </text>
            </g>
          ))}
          {spans.slice(1).map(({ step, from }) => (
            <path className={classes.border} d={`M${x(from)} 0V${y(low)}`} key={step} />
          ))}
          <path className={classes.threshold} d={`M${room.left} ${y(logThreshold)}H${right}`} />
          {logSafeThreshold !== null && Math.abs(logSafeThreshold - logThreshold) > 0.05 && (
            <path className={classes.safeThreshold} d={`M${room.left} ${y(logSafeThreshold)}H${right}`} />
          )}
          <g clipPath={`url(#${clip})`}>
            <path className={isHarmful ? classes.harmful : classes.worse} d={pathOf(curve.worse, x, y)} />
            <path className={classes.safe} d={pathOf(curve.safe, x, y)} />
            {props.expectedAt !== undefined && lastSafe && logSafeThreshold !== null && (
              <path
                className={classes.expected}
                d={`M${x(lastSafe.at)} ${y(lastSafe.logE ?? 0)}L${x(props.expectedAt)} ${y(logSafeThreshold)}`}
              />
            )}
          </g>
          {props.isLive && <path className={classes.present} d={`M${x(range.to)} 0V${y(low)}`} />}
          {props.expectedAt !== undefined && props.expectedAt <= to && logSafeThreshold !== null && (
            <circle className={classes.open} cx={x(props.expectedAt)} cy={y(logSafeThreshold)} r="3" />
          )}
          {safeAt !== undefined && (
            <circle className={classes.proved} cx={x(safeAt)} cy={y(logSafeThreshold ?? 0)} r="4" />
          )}
          {worseAt !== undefined && (
            <rect className={classes.broken} x={x(worseAt) - 4} y={y(logThreshold) - 4} width="8" height="8" rx="1" />
          )}
        </svg>
      )}
      {props.hasTimes && width > 0 && (
        <div className={classes.times} style={{ paddingLeft: room.left, width: x(range.to) + 20 }}>
          <ClockTime at={range.from} />
          <ClockTime at={range.to} />
        </div>
      )}
    </div>
  );
}
