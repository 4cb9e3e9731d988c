"use client";

import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatPercent } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence, GuardrailVerdict } from "#server/serve/rollout/evidence/contract.ts";
import type { Guardrail } from "#server/serve/rollout/plan/contract.ts";
import { decisiveFact, describeVerdict, verdictOf, verdictOrder } from "./describe-verdict.ts";
import { EvidenceCurve } from "./evidence-curve.tsx";
import { type CurvePoint, evidenceCurve, provedMetrics, provedSince, stepSpans } from "./evidence-series.ts";
import { EvidenceTable } from "./evidence-table.tsx";
import { type Forecast, forecastProof } from "./forecast.ts";
import {
  describeArm,
  describeLimit,
  formatDifference,
  formatEvidence,
  formatFactLimit,
  formatInterval,
} from "./guardrail-numbers.ts";
import { describeGuardrail } from "./guardrail-text.ts";
import classes from "./guardrails-panel.module.css";
import { LimitBar } from "./limit-bar.tsx";
import { guardrailName } from "./metric-labels.ts";
import { formatWeight, isActive, versionNames } from "./rollout-text.ts";
import { VersionMark } from "./version-mark.tsx";

interface GuardrailsPanelProps {
  rollout: Rollout;
  points: readonly CurvePoint[];
  /** Milliseconds since 1970: the present, or the end of the rollout. */
  until: number;
}

interface Line {
  guardrail: Guardrail;
  evidence: GuardrailEvidence;
  verdict: GuardrailVerdict;
  wasProved: boolean;
  /** Of a required verdict that is still open. */
  forecast: Forecast | undefined;
}

/**
 * Renders every guardrail on one line: limit, both versions, difference against the limit and verdict, from the same requests; broken ones
 * first, then undecided ones. A line opens to two sentences and the evidence.
 */
export function GuardrailsPanel({ rollout, points, until }: GuardrailsPanelProps) {
  const { plan, evidence, phase } = rollout;
  const { stable, canary } = versionNames(rollout);
  const lines = plan.guardrails
    .flatMap((guardrail): Line[] => {
      const own = evidence.guardrails.find(({ metric }) => metric === guardrail.metric);
      if (!own) return [];
      const wasProved = provedMetrics(points, [own]).length > 0;
      const verdict = verdictOf(own, { phase, wasProved });
      return [{ guardrail, evidence: own, verdict, wasProved, forecast: forecastOf(guardrail, own, rollout, points) }];
    })
    .sort((a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict));
  const first = lines.find(
    ({ verdict, guardrail }) => verdict === "regression" || (verdict === "inconclusive" && guardrail.requiresVerdict),
  );
  const [opened, setOpened] = useState<string | undefined>(first?.guardrail.metric);
  const [hasStatistics, setStatistics] = useState(false);
  const [span] = stepSpans(points, until);
  return (
    <Panel
      id="guardrails"
      title="Guardrails"
      subtitle={
        <>
          all values from the same requests
          {span && (
            <>
              , <ClockTime at={span.from} /> to <ClockTime at={until} />
            </>
          )}
          ; broken first, then inconclusive
        </>
      }
      right={
        <>
          <Keys level={formatPercent(1 - plan.alpha)} />
          <button
            className={classes.toggle}
            type="button"
            aria-pressed={hasStatistics}
            onClick={() => setStatistics(!hasStatistics)}
          >
            Statistics
          </button>
        </>
      }
      flush
    >
      <div className={classes.place}>
        <table className={classes.table} aria-label="Guardrails">
          <thead>
            <tr className={classes.row}>
              <th scope="col">Guardrail</th>
              <th scope="col">Limit</th>
              <th scope="col" data-number>
                <VersionMark rollout={rollout} arm="stable" /> {stable} stable
              </th>
              <th scope="col" data-number>
                <VersionMark rollout={rollout} arm="canary" /> {canary} canary
              </th>
              <th scope="col" data-number>
                Difference
              </th>
              <th scope="col">Against the limit</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          {lines.map((line) => {
            const { metric } = line.guardrail;
            const isOpen = opened === metric;
            return (
              <tbody key={metric}>
                <GuardrailLine
                  {...line}
                  rollout={rollout}
                  points={points}
                  isOpen={isOpen}
                  onToggle={() => setOpened(isOpen ? undefined : metric)}
                />
                {isOpen && <Opened {...line} rollout={rollout} points={points} until={until} />}
              </tbody>
            );
          })}
        </table>
      </div>
      {hasStatistics && <Statistics rollout={rollout} points={points} />}
    </Panel>
  );
}

interface GuardrailLineProps extends Line {
  rollout: Rollout;
  points: readonly CurvePoint[];
  isOpen: boolean;
  onToggle: () => void;
}

function GuardrailLine(props: GuardrailLineProps) {
  const { guardrail, evidence, verdict, wasProved, forecast, rollout, points, isOpen, onToggle } = props;
  const { metric } = guardrail;
  const name = guardrailName(guardrail);
  const { fact } = evidence;
  const numbers = describeArm(evidence);
  const [difference, interval] = [formatDifference(evidence), formatInterval(fact)];
  const { phase } = rollout;
  const { state, word } = describeVerdict(evidence, { phase, wasProved });
  const names = versionNames(rollout);
  const decisive = decisiveFact(evidence, {
    guardrail,
    phase,
    wasProved,
    provedAt: provedSince(points, evidence),
    expectedMs: forecast?.likelyMs,
    names,
  });
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  // Later steps alone: their window is another than the one in the head.
  const from = fact && fact.fromStep > 0 ? rollout.plan.steps[fact.fromStep]?.weight : undefined;
  return (
    <tr
      className={classes.row}
      data-broken={verdict === "regression" || undefined}
      data-open={isOpen || undefined}
      id={`guardrail-${metric}`}
    >
      <th className={classes.name} scope="row">
        <button type="button" aria-expanded={isOpen} onClick={onToggle}>
          <Chevron size={14} stroke={1.8} aria-hidden="true" />
          {name}
        </button>
      </th>
      <td className={classes.limit}>
        {describeLimit(evidence)}
        {from !== undefined && <span className={classes.count}> from {formatWeight(from)} on</span>}
      </td>
      <Numbers {...numbers.stable} label={`Stable ${names.stable}`} />
      <Numbers {...numbers.canary} label={`Canary ${names.canary}`} isBroken={verdict === "regression"} />
      <td className={classes.numbers}>
        <span className={classes.label} aria-hidden="true">
          Difference
        </span>
        {difference}
      </td>
      <td className={classes.bar}>
        {fact && (
          <LimitBar
            fact={{ ...fact, verdict }}
            isLower={metric === "conversions"}
            summary={`${name}: ${difference}${interval ? `, interval ${interval}` : ""}, limit ${formatFactLimit(fact)}`}
          />
        )}
      </td>
      <td className={classes.verdict}>
        <StatusBadge state={state} filled>
          {word}
        </StatusBadge>
        {decisive && (
          <span className={classes.detail}>
            {decisive.text}
            {"since" in decisive && (
              <>
                {" "}
                <ClockTime at={decisive.since} />
              </>
            )}
          </span>
        )}
      </td>
    </tr>
  );
}

/** Shows two sentences about a guardrail, and how its evidence came about. */
function Opened({ guardrail, evidence, forecast, rollout, points, until }: Line & GuardrailsPanelProps) {
  const { metric } = guardrail;
  const { plan, frozen, weight } = rollout;
  const { canary } = versionNames(rollout);
  const { known, sure, notes } = describeGuardrail(evidence, {
    guardrail,
    slowMs: frozen.slowMs,
    forecast,
    canary,
    weight,
  });
  const hasCurve = points.some(({ point }) => point.guardrails.some((each) => each.metric === metric));
  return (
    <tr className={classes.opened}>
      <td colSpan={7}>
        <div className={classes.words}>
          <p>
            <strong>{known}</strong> {sure}
          </p>
          {notes.map((note) => (
            <p className={classes.detail} key={note}>
              {note}
            </p>
          ))}
        </div>
        {hasCurve ? (
          <EvidenceCurve
            curve={evidenceCurve(points, metric)}
            logThreshold={evidence.logThreshold}
            logSafeThreshold={guardrail.requiresVerdict ? evidence.logSafeThreshold : null}
            hasTimes
            spans={stepSpans(points, until)}
            stepNames={[...plan.steps.map((step) => formatWeight(step.weight)), "monitoring"]}
            range={{ from: points[0]?.at ?? until, to: until }}
            isLive={isActive(rollout)}
            isHarmful={evidence.verdict === "harmful"}
            expectedAt={forecast && (points.at(-1)?.at ?? until) + forecast.likelyMs}
            summary={`${guardrailName(guardrail)}: evidence that it is worse peaked at ${formatEvidence(evidence.maxLogEWorse)}, evidence that it is no worse at ${formatEvidence(evidence.maxLogESafe)}`}
          />
        ) : (
          <div className={classes.none}>No evidence yet</div>
        )}
      </td>
    </tr>
  );
}

/** Returns when a required verdict that is still open is expected. */
function forecastOf(
  { metric, requiresVerdict }: Guardrail,
  { verdict, logSafeThreshold }: GuardrailEvidence,
  rollout: Rollout,
  points: readonly CurvePoint[],
) {
  if (!isActive(rollout) || !requiresVerdict || verdict !== "collecting") return undefined;
  return forecastProof(points, metric, logSafeThreshold);
}

/** Shows the mathematics behind the verdicts: error rates, thresholds, and e-values over time. */
function Statistics({ rollout, points }: Omit<GuardrailsPanelProps, "until">) {
  const { plan, evidence } = rollout;
  const { maxLogE, logThreshold, stable, canary } = evidence.srm;
  const shares = plan.guardrails.map(({ share }) => share ?? 1 / plan.guardrails.length);
  const isEven = shares.every((share) => Math.abs(share - (shares[0] ?? 0)) < 1e-9);
  return (
    <section className={classes.statistics} aria-label="Statistics">
      <p className={classes.keys}>
        <Definition
          name="Evidence"
          sentence="An e-value: how much better “worse” (or “no worse”) explains the data than the opposite. It is valid no matter how often you look."
          formula={`“worse” is decided at 1 / (α × share)\n“no worse” is decided at 1 / β = ${formatCount(1 / plan.beta)}\nα = ${plan.alpha}, β = ${plan.beta}`}
        >
          Evidence
        </Definition>
        <Key dash={undefined} colour="var(--lw-accent-text)" words="no worse" />
        <Key dash="4 3" colour="var(--lw-text-quiet)" words="worse" />
        <Key dash="4 3" colour="var(--lw-text-muted)" words="threshold" />
      </p>
      <p className={classes.detail}>
        α = {formatPercent(plan.alpha)},{" "}
        {isEven
          ? `split evenly: ${formatPercent(plan.alpha * (shares[0] ?? 1))} for each guardrail.`
          : "split as configured in the plan."}{" "}
        Traffic split: {formatCount(stable)} and {formatCount(canary)}{" "}
        {plan.unit.kind === "request" ? "requests" : "units"}, evidence against the configured one{" "}
        {formatEvidence(maxLogE)} of {formatCount(Math.exp(logThreshold))}.
      </p>
      <EvidenceTable plan={plan} points={points} />
    </section>
  );
}

/** Explains the marks of the column "Against the limit". @param level of the intervals, as a percentage */
function Keys({ level }: { level: string }) {
  return (
    <span className={classes.keys}>
      <span className={classes.key}>
        <svg width="12" height="10" aria-hidden="true">
          <rect className={classes.allowed} width="12" height="10" rx="2" />
        </svg>
        allowed
      </span>
      <span className={classes.key}>
        <svg width="4" height="12" aria-hidden="true">
          <path className={classes.tick} d="M2 0V12" />
        </svg>
        limit
      </span>
      <span className={classes.key}>
        <svg width="22" height="10" aria-hidden="true">
          <path className={classes.interval} d="M0 5H22" />
          <circle className={classes.point} cx="11" cy="5" r="3.5" />
        </svg>
        difference, {level} interval
      </span>
    </span>
  );
}

function Key({ dash, colour, words }: { dash: string | undefined; colour: string; words: string }) {
  return (
    <span className={classes.key}>
      <SeriesSwatch style={{ colour, dash }} />
      {words}
    </span>
  );
}

interface NumbersProps {
  value: string;
  count: string;
  /** Names the arm where the head of the table is not shown. */
  label: string;
  isBroken?: boolean;
}

function Numbers({ value, count, label, isBroken }: NumbersProps) {
  return (
    <td className={classes.numbers}>
      <span className={classes.label} aria-hidden="true">
        {label}
      </span>
      <span>
        <strong data-broken={isBroken || undefined}>{value}</strong> <span className={classes.count}>{count}</span>
      </span>
    </td>
  );
}
