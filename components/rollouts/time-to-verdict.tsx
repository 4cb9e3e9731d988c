import { formatCount, formatPercent, nbsp } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Rollout } from "#server/rollouts/contract.ts";
import type { CurvePoint } from "./evidence-series.ts";
import { lastProof } from "./forecast.ts";
import { evidenceWords } from "./guardrail-numbers.ts";
import { guardrailName } from "./metric-words.ts";
import classes from "./side.module.css";
import { endsAt, waitingFor } from "./waiting.ts";

interface TimeToVerdictProps {
  rollout: Rollout;
  points: readonly CurvePoint[];
  /** Milliseconds since 1970. */
  now: number;
}

/** What the step waits for, how long that will probably take, and what α promises. */
export function TimeToVerdict({ rollout, points, now }: TimeToVerdictProps) {
  const { plan, evidence, phase, hold } = rollout;
  const waiting = waitingFor(rollout);
  const forecast = lastProof(points, waiting);
  const shares = plan.guardrails.map(({ share }) => share ?? 1 / plan.guardrails.length);
  const isEven = shares.every((share) => Math.abs(share - (shares[0] ?? 0)) < 1e-9);
  const until = endsAt(rollout);
  return (
    <Panel title={phase === "watching" ? "Time left to watch" : "Time to verdict"}>
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
              Waiting for the proof of {nameOf(rollout, forecast.metric)}, if evidence grows as it did in this step.
              Likely between {formatDuration(forecast.lowMs)} and {formatDuration(forecast.highMs)}.
            </p>
          </>
        ) : (
          <>
            <p className={classes.figure}>
              <strong>
                {waiting.length > 0 ? "not to be told yet" : until > now ? formatDuration(until - now) : "time is over"}
              </strong>
            </p>
            <p className="lw-muted lw-small">
              {waiting.length === 0
                ? (hold?.words ?? "Until this step has lasted as long as the plan asks for.")
                : "Evidence has not grown for long enough in this step, or does not grow."}
            </p>
          </>
        )}
      </PanelSection>
      <PanelSection>
        <p className="lw-muted lw-small">
          The chance of a wrong rollback over the whole rollout is at most <strong>{formatPercent(plan.alpha)}</strong>,{" "}
          {isEven
            ? `shared evenly: α = ${formatPercent(plan.alpha * (shares[0] ?? 1))} for each guardrail.`
            : "shared as the plan says."}
        </p>
      </PanelSection>
      <PanelSection>
        <SampleRatio {...evidence.srm} unit={plan.unit.kind} />
      </PanelSection>
    </Panel>
  );
}

/** Whether the split is the one that was set. */
function SampleRatio({ maxLogE, logThreshold, stable, canary, unit }: Rollout["evidence"]["srm"] & { unit: string }) {
  const total = stable + canary;
  const isBroken = maxLogE >= logThreshold;
  return (
    <div className={classes.srm}>
      <StatusBadge state={total === 0 ? "no-data" : isBroken ? "missed" : "on-target"}>
        {total === 0 ? "Split not seen yet" : isBroken ? "Split is not as set" : "Split as set"}
      </StatusBadge>
      <p className="lw-muted lw-small">
        {formatCount(stable)} and {formatCount(canary)} {unit === "request" ? "requests" : "units"}; evidence against
        the set split {evidenceWords(maxLogE)} of {formatCount(Math.exp(logThreshold))}.
        {isBroken && ` The comparison cannot be trusted, so nothing goes on.`}
      </p>
    </div>
  );
}

function nameOf({ plan }: Rollout, metric: string): string {
  const guardrail = plan.guardrails.find((each) => each.metric === metric);
  return guardrail ? guardrailName(guardrail).toLowerCase() : metric.replaceAll("-", nbsp);
}
