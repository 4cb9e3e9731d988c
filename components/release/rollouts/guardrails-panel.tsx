"use client";

import { useState } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatPercent, formatUnit } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import type { Guardrail } from "#server/serve/rollout/plan/contract.ts";
import { describeComparison, describeP95 } from "./comparison-text.ts";
import { describeVerdict } from "./describe-verdict.ts";
import { EvidenceCurve } from "./evidence-curve.tsx";
import { type CurvePoint, evidenceCurve, provedMetrics, type StepSpan, stepSpans } from "./evidence-series.ts";
import { EvidenceTable } from "./evidence-table.tsx";
import { forecastProof } from "./forecast.ts";
import { describeArm, formatDifference, formatEvidence, formatFactLimit, formatInterval } from "./guardrail-numbers.ts";
import classes from "./guardrails-panel.module.css";
import { LimitBar } from "./limit-bar.tsx";
import { describeRequiredVerdict, formatLimit, guardrailName, metricLabels } from "./metric-labels.ts";
import { formatWeight, isActive, versionNames } from "./rollout-text.ts";
import { VersionMark } from "./version-mark.tsx";

interface GuardrailsPanelProps {
  rollout: Rollout;
  points: readonly CurvePoint[];
  /** Milliseconds since 1970: the present, or the end of the rollout. */
  until: number;
}

/** Renders every guardrail on one line: limit, both versions, difference against the limit and verdict, from the same requests; violated ones first. */
export function GuardrailsPanel({ rollout, points, until }: GuardrailsPanelProps) {
  const [hasStatistics, setStatistics] = useState(false);
  const { plan, evidence } = rollout;
  const rows = plan.guardrails
    .flatMap((guardrail) => {
      const own = evidence.guardrails.find(({ metric }) => metric === guardrail.metric);
      return own ? [{ guardrail, evidence: own, isBlamed: rollout.violatedMetrics.includes(guardrail.metric) }] : [];
    })
    .sort((a, b) => order(b) - order(a));
  const given: TableProps = { rollout, rows, points, until };
  return (
    <Panel
      id="guardrails"
      title="Guardrails"
      subtitle={isActive(rollout) ? "each line from the same requests" : "as they were when the rollout ended"}
      right={
        <button
          className={classes.toggle}
          type="button"
          aria-pressed={hasStatistics}
          onClick={() => setStatistics(!hasStatistics)}
        >
          Statistics
        </button>
      }
      flush
    >
      <FactsTable rollout={rollout} rows={rows} points={points} />
      {hasStatistics && <Statistics {...given} />}
    </Panel>
  );
}

interface GuardrailRow {
  guardrail: Guardrail;
  evidence: GuardrailEvidence;
  isBlamed: boolean;
}

interface TableProps extends GuardrailsPanelProps {
  rows: readonly GuardrailRow[];
}

/** Violated guardrails come first, then undecided ones. */
function order({ isBlamed, evidence }: GuardrailRow): number {
  if (isBlamed) return 2;
  return evidence.fact?.verdict === "inconclusive" ? 1 : 0;
}

function FactsTable({ rollout, rows, points }: Omit<TableProps, "until">) {
  const { stable, canary } = versionNames(rollout);
  return (
    <div className={classes.place}>
      <table className={classes.table} aria-label="Guardrails">
        <thead>
          <tr className={classes.head}>
            <th scope="col">Guardrail and limit</th>
            <th scope="col">
              <VersionMark rollout={rollout} arm="stable" /> Stable {stable}
            </th>
            <th scope="col">
              <VersionMark rollout={rollout} arm="canary" /> Canary {canary}
            </th>
            <th scope="col">Difference, {formatPercent(1 - rollout.plan.alpha)} interval against the limit</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row {...row} rollout={rollout} points={points} key={row.guardrail.metric} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ guardrail, evidence, isBlamed, rollout, points }: GuardrailRow & Omit<GuardrailsPanelProps, "until">) {
  const { metric } = guardrail;
  const name = guardrailName(guardrail);
  const numbers = describeArm(evidence);
  const { fact } = evidence;
  const forecast = forecastOf(guardrail, evidence, rollout, points);
  const wasProved = provedMetrics(points, [evidence]).length > 0;
  const verdict = describeVerdict(evidence, { phase: rollout.phase, wasProved });
  const required = describeRequiredVerdict(guardrail);
  const [difference, interval] = [formatDifference(evidence), formatInterval(fact)];
  const p95 = describeP95(evidence);
  const comparison = describeComparison(evidence);
  return (
    <tr className={classes.row} data-blamed={isBlamed || undefined} id={`guardrail-${metric}`}>
      <th className={classes.name} scope="row">
        <Definition name={name} sentence={metricLabels[metric].sentence}>
          <strong>{name}</strong>
        </Definition>
        <span className={classes.quiet}>{formatLimit(guardrail)}</span>
        {metric === "slow" && (
          <span className={classes.quiet}>slower than {formatUnit(rollout.frozen.slowMs, "ms")}</span>
        )}
        {required && <span className={classes.quiet}>{required}</span>}
      </th>
      <Numbers {...numbers.stable} label="Stable" />
      <Numbers {...numbers.canary} label="Canary" strong harmful={fact?.verdict === "regression"} />
      <td className={classes.difference}>
        <span className={classes.value} data-strong>
          {difference}
        </span>
        {interval && <span className={classes.quiet}>{interval}</span>}
        {fact && (
          <LimitBar
            fact={fact}
            isLower={metric === "conversions"}
            summary={`${name}: ${difference}${interval ? `, interval ${interval}` : ""}, limit ${formatFactLimit(fact)}`}
          />
        )}
        {p95 && <span className={classes.quiet}>{p95}</span>}
        {comparison && <span className={classes.quiet}>{comparison}</span>}
      </td>
      <td className={classes.verdict}>
        <StatusBadge state={verdict.state} filled>
          {verdict.word}
        </StatusBadge>
        <span className={classes.detail}>{verdict.detail}</span>
        {forecast && forecast.likelyMs > 0 && (
          <span className={classes.detail}>verdict in about {formatDuration(forecast.likelyMs)}</span>
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

/** Renders the evidence behind the verdicts: e-values over time, as curves and as numbers. */
function Statistics({ rollout, rows, points, until }: TableProps) {
  const { plan } = rollout;
  const spans = stepSpans(points, until);
  const stepNames = [...plan.steps.map(({ weight }) => formatWeight(weight)), "monitoring"];
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
      {rows.map((row, index) => (
        <Curve
          {...row}
          rollout={rollout}
          points={points}
          until={until}
          spans={spans}
          stepNames={index === 0 ? stepNames : undefined}
          isLast={index === rows.length - 1}
          key={row.guardrail.metric}
        />
      ))}
      <EvidenceTable plan={plan} points={points} />
    </section>
  );
}

interface CurveProps extends GuardrailRow, GuardrailsPanelProps {
  spans: readonly StepSpan[];
  stepNames: readonly string[] | undefined;
  isLast: boolean;
}

function Curve({ guardrail, evidence, rollout, points, until, spans, stepNames, isLast }: CurveProps) {
  const { metric } = guardrail;
  const name = guardrailName(guardrail);
  const forecast = forecastOf(guardrail, evidence, rollout, points);
  if (!points.some(({ point }) => point.guardrails.some((each) => each.metric === metric)))
    return <div className={classes.none}>{name}: no evidence yet</div>;
  return (
    <div className={classes.curve}>
      <strong>{name}</strong>
      <EvidenceCurve
        curve={evidenceCurve(points, metric)}
        logThreshold={evidence.logThreshold}
        logSafeThreshold={guardrail.requiresVerdict ? evidence.logSafeThreshold : null}
        hasTimes={isLast}
        spans={spans}
        stepNames={stepNames}
        range={{ from: points[0]?.at ?? until, to: until }}
        isLive={isActive(rollout)}
        isHarmful={evidence.verdict === "harmful"}
        expectedAt={forecast && (points.at(-1)?.at ?? until) + forecast.likelyMs}
        summary={`${name}: evidence that it is worse peaked at ${formatEvidence(evidence.maxLogEWorse)}, evidence that it is no worse at ${formatEvidence(evidence.maxLogESafe)}`}
      />
    </div>
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
  label: string;
  strong?: boolean;
  harmful?: boolean;
}

function Numbers({ value, count, label, strong, harmful }: NumbersProps) {
  return (
    <td className={classes.numbers}>
      <span className={classes.label} aria-hidden="true">
        {label}
      </span>
      <span className={classes.value} data-strong={strong || undefined} data-harmful={harmful || undefined}>
        {value}
      </span>
      <span className={classes.count}>{count}</span>
    </td>
  );
}
