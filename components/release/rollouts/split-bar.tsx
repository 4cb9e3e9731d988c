import type { CSSProperties } from "react";
import { type SeriesStyle, styleVersions } from "#components/charts/series-style.ts";
import { formatCount, formatUnit } from "#components/ui/format.ts";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import { formatWeight, isActive, versionNames } from "./rollout-text.ts";
import classes from "./split-bar.module.css";
import { VersionMark } from "./version-mark.tsx";

interface SplitBarProps {
  rollout: Rollout;
  /** Units per second of both arms; null if unknown. */
  rates: { stable: number; canary: number } | null;
}

/** Shows the traffic split: both versions in their colours, the canary striped, with the shares of the other steps below. */
export function SplitBar({ rollout, rates }: SplitBarProps) {
  const { weight, plan, evidence, phase } = rollout;
  const { stable, canary } = versionNames(rollout);
  const noun = plan.unit.kind === "request" ? "requests" : plan.unit.kind === "token" ? "tokens" : "keys";
  const share = phase === "promoted" ? 1 : weight;
  const [stableStyle, canaryStyle] = styleVersions([rollout.stable, rollout.canary]);
  const end = (arm: "stable" | "canary") =>
    [
      rates && isActive(rollout) && formatUnit(rates[arm], `${noun}/s`),
      `${formatCount(evidence.srm[arm])} ${noun} counted`,
    ]
      .filter(Boolean)
      .join(", ");
  return (
    <div className={classes.root}>
      <div className={classes.ends}>
        <span>
          <VersionMark rollout={rollout} arm="stable" />{" "}
          <strong>
            {stable} stable, {formatWeight(1 - share)}
          </strong>{" "}
          {end("stable")}
        </span>
        <span className={classes.right}>
          {end("canary")}{" "}
          <strong>
            {canary} canary, {formatWeight(share)}
          </strong>{" "}
          <VersionMark rollout={rollout} arm="canary" />
        </span>
      </div>
      <div
        className={classes.bar}
        style={{ "--share": `${share * 100}%` } as CSSProperties}
        data-whole={share === 0 || share === 1 || undefined}
        aria-hidden="true"
      >
        {share < 1 && <span className={classes.stable} style={barStyle(stableStyle)} />}
        {share > 0 && <span className={classes.canary} style={barStyle(canaryStyle)} />}
      </div>
      <div className={classes.ticks} aria-hidden="true">
        {plan.steps.map(({ weight: tick }) => (
          <span style={{ left: `${(1 - tick) * 100}%` }} key={tick}>
            {formatWeight(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}

function barStyle(style: SeriesStyle | undefined): CSSProperties {
  return { "--series": style?.colour, opacity: style?.opacity } as CSSProperties;
}
