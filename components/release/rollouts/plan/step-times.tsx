"use client";

import type { CSSProperties } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { type SeriesStyle, styleVersions } from "#components/charts/series-style.ts";
import { ClockTime } from "#components/ui/relative-time.tsx";
import type { RolloutEstimate } from "#server/release/rollouts/estimate/contract.ts";
import { formatWeight } from "../rollout-text.ts";
import classes from "./start.module.css";

interface StepTimesProps {
  stable: { model: string; version: number };
  canary: { model: string; version: number };
  /** Shares of the steps, from 0 to 1. */
  weights: readonly number[];
  estimate: RolloutEstimate | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Shows the steps with the split of the traffic, and when each is expected to start. */
export function StepTimes({ stable, canary, weights, estimate, now }: StepTimesProps) {
  const [stableStyle, canaryStyle] = styleVersions([stable, canary]);
  const starts = startsOf(weights, estimate, now);
  return (
    <div className={classes.times}>
      <p className={classes.key}>
        {stableStyle && <SeriesSwatch style={stableStyle} />} v{stable.version}
        {canaryStyle && <SeriesSwatch style={canaryStyle} />} v{canary.version}
        <span className={classes.estimates}>times are estimates</span>
      </p>
      <ol className={classes.stepTimes} aria-label="Expected steps">
        {[...weights, 1].map((weight, index) => (
          <li key={weight}>
            <strong>{formatWeight(weight)}</strong>
            <span className={classes.split} aria-hidden="true">
              <span style={barOf(canaryStyle, weight)} />
              {weight < 1 && <span style={barOf(stableStyle, 1 - weight)} />}
            </span>
            <span className={classes.under}>
              {starts[index] === undefined ? (
                "unknown"
              ) : (
                <>
                  {index > 0 && "≈ "}
                  <ClockTime at={starts[index]} />
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Returns the expected start of each step and of 100%; undefined after a step of unknown duration. */
function startsOf(
  weights: readonly number[],
  estimate: RolloutEstimate | undefined,
  now: number,
): (number | undefined)[] {
  let at: number | undefined = now;
  const starts: (number | undefined)[] = [at];
  for (const index of weights.keys()) {
    const seconds: number | null | undefined = estimate?.steps[index]?.seconds;
    at = at === undefined || seconds == null ? undefined : at + seconds * 1000;
    starts.push(at);
  }
  return starts;
}

function barOf(style: SeriesStyle | undefined, share: number): CSSProperties {
  return { flexGrow: share, background: style?.colour, opacity: style?.opacity };
}
