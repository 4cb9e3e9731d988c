"use client";

import { useState } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Rollout, RolloutPhase } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import type { Guardrail } from "#server/serve/rollout/plan/contract.ts";
import { describeComparison, describeP95 } from "./comparison-text.ts";
import { describeVerdict } from "./describe-verdict.ts";
import { EvidenceCurve } from "./evidence-curve.tsx";
import { type CurvePoint, evidenceCurve, provedMetrics, type StepSpan, stepSpans } from "./evidence-series.ts";
import { EvidenceTable } from "./evidence-table.tsx";
import { forecastProof } from "./forecast.ts";
import { describeArm, formatEvidence, formatRatio, hasRatio } from "./guardrail-numbers.ts";
import classes from "./guardrails-panel.module.css";
import { describeRequiredVerdict, formatLimit, guardrailName, metricLabels } from "./metric-labels.ts";
import { formatWeight, isActive, versionNames } from "./rollout-text.ts";

interface GuardrailsPanelProps {
  rollout: Rollout;
  points: readonly CurvePoint[];
  /** Milliseconds since 1970: the present, or the end of the rollout. */
  until: number;
}

/** Renders every guardrail with its limit, the values of both versions, its evidence over time, and the verdict; violated ones first. */
export function GuardrailsPanel({ rollout, points, until }: GuardrailsPanelProps) {
  const [asTable, setAsTable] = useState(false);
  const { plan, evidence } = rollout;
  const active = isActive(rollout);
  const { stable, canary } = versionNames(rollout);
  const spans = stepSpans(points, until);
  const stepNames = [...plan.steps.map(({ weight }) => formatWeight(weight)), "monitoring"];
  const rows = plan.guardrails
    .flatMap((guardrail) => {
      const own = evidence.guardrails.find(({ metric }) => metric === guardrail.metric);
      return own ? [{ guardrail, evidence: own, isBlamed: rollout.violatedMetrics.includes(guardrail.metric) }] : [];
    })
    .sort((a, b) => Number(b.isBlamed) - Number(a.isBlamed));
  return (
    <Panel
      id="guardrails"
      title="Guardrails"
      subtitle={
        active
          ? "Evidence grows with every request; a verdict is reached when it crosses a threshold"
          : "Evidence at the end of the rollout"
      }
      right={
        <>
          <Key dash={undefined} colour="var(--lw-series-1)" words="no worse" />
          <Key dash="4 3" colour="var(--lw-series-stable)" words="worse" />
          <Key dash="4 3" colour="var(--lw-text-muted)" words="threshold" />
          <button className={classes.toggle} type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </button>
        </>
      }
      flush
    >
      {asTable ? (
        <EvidenceTable plan={plan} points={points} />
      ) : (
        <div className={classes.place}>
          <table className={classes.table} aria-label="Guardrails">
            <thead>
              <tr className={classes.head}>
                <th scope="col">Guardrail and limit</th>
                <th scope="col">Stable {stable}</th>
                <th scope="col">Canary {canary}</th>
                <th scope="col">
                  <Definition
                    name="Evidence"
                    sentence="An e-value: how much better “worse” (or “no worse”) explains the data than the opposite. It is valid no matter how often you look."
                    formula={`“worse” is decided at 1 / (α × share)\n“no worse” is decided at 1 / β = ${formatCount(1 / plan.beta)}\nα = ${plan.alpha}, β = ${plan.beta}`}
                  >
                    Evidence
                  </Definition>
                  , log scale
                </th>
                <th scope="col">Verdict</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <Row
                  {...row}
                  points={points}
                  spans={spans}
                  until={until}
                  active={active}
                  stepNames={index === 0 ? stepNames : undefined}
                  isLast={index === rows.length - 1}
                  phase={rollout.phase}
                  key={row.guardrail.metric}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
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

interface RowProps {
  guardrail: Guardrail;
  evidence: GuardrailEvidence;
  isBlamed: boolean;
  active: boolean;
  points: readonly CurvePoint[];
  spans: readonly StepSpan[];
  until: number;
  stepNames: readonly string[] | undefined;
  isLast: boolean;
  phase: RolloutPhase;
}

function Row({ guardrail, evidence, isBlamed, active, points, spans, until, stepNames, isLast, phase }: RowProps) {
  const { metric } = guardrail;
  const name = guardrailName(guardrail);
  const numbers = describeArm(evidence);
  const curve = evidenceCurve(points, metric);
  const isHarmful = evidence.verdict === "harmful";
  const forecast =
    active && guardrail.requiresVerdict && evidence.verdict === "collecting"
      ? forecastProof(points, metric, evidence.logSafeThreshold)
      : undefined;
  const expectedAt = forecast && (points.at(-1)?.at ?? until) + forecast.likelyMs;
  const wasProved = provedMetrics(points, [evidence]).length > 0;
  const verdict = describeVerdict(guardrail, evidence, { phase, wasProved });
  const proof = describeRequiredVerdict(guardrail);
  const comparison = describeComparison(evidence);
  const p95 = describeP95(evidence);
  const hasCurve = points.some(({ point }) => point.guardrails.some((each) => each.metric === metric));
  return (
    <tr className={classes.row} data-blamed={isBlamed || undefined} id={`guardrail-${metric}`}>
      <th className={classes.name} scope="row">
        <Definition name={name} sentence={metricLabels[metric].sentence}>
          <strong>{name}</strong>
        </Definition>
        <span className={classes.quiet}>{formatLimit(guardrail)}</span>
        {proof && <span className={classes.quiet}>{proof}</span>}
      </th>
      <Numbers {...numbers.stable} label="Stable" />
      <Numbers {...numbers.canary} label="Canary" strong harmful={isHarmful} />
      <td className={classes.curve}>
        {hasCurve ? (
          <EvidenceCurve
            curve={curve}
            logThreshold={evidence.logThreshold}
            logSafeThreshold={guardrail.requiresVerdict ? evidence.logSafeThreshold : null}
            hasTimes={isLast}
            spans={spans}
            stepNames={stepNames}
            range={{ from: points[0]?.at ?? until, to: until }}
            isLive={active}
            isHarmful={isHarmful}
            expectedAt={expectedAt}
            summary={`${name}: evidence that it is worse peaked at ${formatEvidence(evidence.maxLogEWorse)}, evidence that it is no worse at ${formatEvidence(evidence.maxLogESafe)}`}
          />
        ) : (
          <div className={classes.none}>No evidence yet</div>
        )}
        {hasRatio(evidence) && (
          <span className={classes.ratio}>
            {metric === "cost" ? "difference" : "canary / stable rate ratio"} {formatRatio(evidence)}
          </span>
        )}
        {p95 && <span className={classes.ratio}>{p95}</span>}
        {comparison && <span className={classes.ratio}>{comparison}</span>}
      </td>
      <td className={classes.verdict}>
        <StatusBadge state={verdict.state} filled>
          {verdict.word}
        </StatusBadge>
        <span className={classes.detail}>{verdict.detail}</span>
        {forecast && forecast.likelyMs > 0 && (
          <span className={classes.detail}>about {formatDuration(forecast.likelyMs)}</span>
        )}
      </td>
    </tr>
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
