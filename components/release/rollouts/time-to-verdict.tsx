import { formatCount, formatPercent, nbsp } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import type { CurvePoint } from "./evidence-series.ts";
import { lastProof } from "./forecast.ts";
import { guardrailName } from "./metric-labels.ts";
import { versionNames } from "./rollout-text.ts";
import classes from "./side.module.css";
import { endsAt, waitingFor } from "./waiting.ts";

interface TimeToVerdictProps {
  rollout: Rollout;
  points: readonly CurvePoint[];
  /** Milliseconds since 1970. */
  now: number;
}

/** Shows what the step waits for, the estimated duration, and what a regression leads to. */
export function TimeToVerdict({ rollout, points, now }: TimeToVerdictProps) {
  const { plan, evidence, phase, hold, endpoint } = rollout;
  const { stable, canary } = versionNames(rollout);
  const waiting = waitingFor(rollout);
  const forecast = lastProof(points, waiting);
  const until = endsAt(rollout);
  return (
    <Panel title={phase === "watching" ? "Monitoring time left" : "Time to verdict"}>
      <PanelSection>
        {phase === "watching" ? (
          <p className={classes.figure}>
            <strong>{formatDuration(Math.max(0, until - now))}</strong> until <ClockTime at={until} />
          </p>
        ) : forecast ? (
          <>
            <p className={classes.figure}>
              <strong>{formatDuration(forecast.likelyMs)}</strong> at about <ClockTime at={now + forecast.likelyMs} />
            </p>
            <p className="lw-muted lw-small">
              Waiting for a verdict on {nameOf(rollout, forecast.metric)}, assuming evidence keeps growing as in this
              step. Likely between {formatDuration(forecast.lowMs)} and {formatDuration(forecast.highMs)}.
            </p>
          </>
        ) : (
          <>
            <p className={classes.figure}>
              <strong>
                {waiting.length > 0 ? "not enough data yet" : until > now ? formatDuration(until - now) : "time is up"}
              </strong>
            </p>
            <p className="lw-muted lw-small">
              {waiting.length === 0
                ? (hold?.words ?? "Until the minimum step duration has passed.")
                : "Evidence has not been growing long enough in this step, or is not growing."}
            </p>
          </>
        )}
      </PanelSection>
      <PanelSection>
        <p className="lw-muted lw-small">
          On a regression, Leeway rolls back to {stable} and blocks {canary} on {endpoint}. False rollback rate: at most{" "}
          <strong>{formatPercent(plan.alpha)}</strong> for the complete rollout.
        </p>
      </PanelSection>
      <PanelSection>
        <SampleRatio {...evidence.srm} unit={plan.unit.kind} />
      </PanelSection>
    </Panel>
  );
}

/** Shows whether the measured traffic split matches the configured one. */
function SampleRatio({ maxLogE, logThreshold, stable, canary, unit }: Rollout["evidence"]["srm"] & { unit: string }) {
  const total = stable + canary;
  const isBroken = maxLogE >= logThreshold;
  return (
    <div className={classes.srm}>
      <StatusBadge state={total === 0 ? "no-data" : isBroken ? "missed" : "on-target"}>
        {total === 0
          ? "Traffic split not verified yet"
          : isBroken
            ? "Traffic split mismatch"
            : "Traffic split as configured"}
      </StatusBadge>
      <p className="lw-muted lw-small">
        {formatCount(stable)} and {formatCount(canary)} {unit === "request" ? "requests" : "units"}.
        {isBroken && ` The comparison is unreliable, so the rollout is on hold.`}
      </p>
    </div>
  );
}

function nameOf({ plan }: Rollout, metric: string): string {
  const guardrail = plan.guardrails.find((each) => each.metric === metric);
  return guardrail ? guardrailName(guardrail).toLowerCase() : metric.replaceAll("-", nbsp);
}
