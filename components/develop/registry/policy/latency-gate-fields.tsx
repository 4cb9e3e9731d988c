"use client";

import { Button, NativeSelect, NumberInput } from "@mantine/core";
import type { LatencyGate } from "#server/develop/registry/policy/contract.ts";
import { DecisionBasisField } from "./decision-basis-field.tsx";
import classes from "./policy.module.css";
import { ShareInput } from "./share-input.tsx";

interface LatencyGateFieldsProps {
  gate: LatencyGate;
  /** Index in the list, used to name the fields. */
  index: number;
  onChange: (gate: LatencyGate) => void;
  onRemove: () => void;
}

/** Renders a latency gate of the checklist: limit, rate and load tests. */
export function LatencyGateFields({ gate, index, onChange, onRemove }: LatencyGateFieldsProps) {
  const set = (change: Partial<LatencyGate>) => onChange({ ...gate, ...change });
  return (
    <fieldset className={`${classes.group} ${classes.gate}`} aria-label={`Latency ${index}`}>
      <div className={classes.three}>
        <NumberInput
          label="At a request rate of"
          suffix=" requests/s"
          min={0.5}
          max={2000}
          value={gate.requestsPerSecond}
          onChange={(value) => set({ requestsPerSecond: Number(value) })}
        />
        <NativeSelect
          label="Percentile"
          data={["p50", "p95", "p99"]}
          value={gate.quantile}
          onChange={(event) => set({ quantile: event.currentTarget.value as LatencyGate["quantile"] })}
        />
        <NumberInput
          label="At most"
          suffix=" ms"
          min={0.1}
          value={gate.limitMs}
          onChange={(value) => set({ limitMs: Number(value) })}
        />
      </div>
      <div className={classes.three}>
        <ShareInput
          label="Max error rate"
          share={gate.maxErrorRate}
          onChange={(maxErrorRate) => set({ maxErrorRate })}
        />
        <NumberInput
          label="Max load test age"
          suffix=" days"
          min={1}
          max={366}
          allowDecimal={false}
          value={gate.maxAgeDays}
          onChange={(value) => set({ maxAgeDays: Number(value) })}
        />
        <DecisionBasisField value={gate.judge} onChange={(decisionBasis) => set({ judge: decisionBasis })} />
      </div>
      <div>
        <Button variant="default" size="xs" onClick={onRemove}>
          Remove latency gate
        </Button>
      </div>
    </fieldset>
  );
}
