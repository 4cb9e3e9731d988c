"use client";

import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { plural } from "#components/ui/format.ts";
import { findEvaluationMetric, metricsForGates } from "#server/develop/registry/evaluation-metrics/contract.ts";
import type { EvaluationGate } from "#server/develop/registry/policy/contract.ts";
import { DecisionBasisField } from "./decision-basis-field.tsx";
import { type GateSet, gateOnSet } from "./evaluation-gate-draft.ts";
import classes from "./policy.module.css";

interface EvaluationGateFieldsProps {
  gate: EvaluationGate;
  /** Index in the list, used to name the fields. */
  index: number;
  sets: readonly GateSet[];
  onChange: (gate: EvaluationGate) => void;
  onRemove: () => void;
}

/** Edits one gate on an evaluation: the set with its metric and segment, the value to reach, and the maximum difference from a better champion. */
export function EvaluationGateFields({ gate, index, sets, onChange, onRemove }: EvaluationGateFieldsProps) {
  const chosen = sets.find(({ digest }) => digest === gate.set.digest);
  const metric = findEvaluationMetric(gate.metric);
  const isShare = metric?.scale === "proportion";
  const factor = isShare ? 100 : 1;
  // The server gives it the direction of its metric.
  const set = (change: Partial<EvaluationGate>) => onChange({ ...gate, ...change, better: null });
  const number = (value: string | number) => (value === "" ? null : Number((Number(value) / factor).toPrecision(12)));
  const shown = (value: number | null) => (value === null ? "" : Number((value * factor).toPrecision(12)));
  const offered = chosen ? metricsForGates(chosen.taskKind) : [];
  const metrics = offered.some((id) => id === gate.metric) ? offered : [gate.metric, ...offered];
  const segments = chosen?.segments ?? [];
  const isGone = gate.segment !== null && !segments.some(({ id }) => id === gate.segment);
  return (
    <fieldset className={`${classes.group} ${classes.gate}`} aria-label={`Evaluation ${index}`}>
      <div className={classes.three}>
        <NativeSelect
          label="Evaluation set"
          data={[
            ...(chosen ? [] : [{ value: gate.set.digest, label: `${gate.set.name}, not available` }]),
            ...sets.map(({ name, digest, rows }) => ({ value: digest, label: `${name}, ${plural(rows, "row")}` })),
          ]}
          value={gate.set.digest}
          onChange={(event) => {
            const next = sets.find(({ digest }) => digest === event.currentTarget.value);
            if (next) set(gateOnSet(gate, next));
          }}
        />
        <NativeSelect
          label="Metric"
          inputWrapperOrder={["label", "input", "description"]}
          description={metric?.better ? `${metric.better} is better` : "cannot be gated"}
          data={metrics.map((id) => ({ value: id, label: findEvaluationMetric(id)?.title ?? id }))}
          value={gate.metric}
          onChange={(event) => set({ metric: event.currentTarget.value, bound: null })}
        />
        <NativeSelect
          label="Segment"
          data={[
            { value: "", label: "all rows" },
            ...(isGone ? [{ value: gate.segment ?? "", label: `${gate.segment}, not in the set` }] : []),
            ...segments.map(({ id, title }) => ({ value: id, label: title })),
          ]}
          value={gate.segment ?? ""}
          onChange={(event) => set({ segment: event.currentTarget.value || null })}
        />
      </div>
      <div className={classes.three}>
        <NumberInput
          label={metric?.better === "lower" ? "At most" : "At least"}
          placeholder="any"
          suffix={isShare ? "%" : ""}
          value={shown(gate.bound)}
          onChange={(value) => set({ bound: number(value) })}
        />
        <NumberInput
          label="Max regression"
          placeholder="not compared with champion"
          min={0}
          suffix={isShare ? " pp" : ""}
          value={shown(gate.margin)}
          onChange={(value) => set({ margin: number(value) })}
        />
        <DecisionBasisField value={gate.decisionBasis} onChange={(decisionBasis) => set({ decisionBasis })} />
      </div>
      <div>
        <Button variant="default" size="xs" onClick={onRemove}>
          Remove evaluation gate
        </Button>
      </div>
    </fieldset>
  );
}
