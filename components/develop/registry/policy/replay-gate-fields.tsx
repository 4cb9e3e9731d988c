"use client";

import { Button, NumberInput, TextInput } from "@mantine/core";
import type { ReplayGate } from "#server/develop/registry/policy/contract.ts";
import { DecisionBasisField } from "./decision-basis-field.tsx";
import classes from "./policy.module.css";
import { ShareInput } from "./share-input.tsx";

interface ReplayGateFieldsProps {
  gate: ReplayGate;
  /** Index in the list, used to name the fields. */
  index: number;
  onChange: (gate: ReplayGate) => void;
  onRemove: () => void;
}

/** Renders a replay gate of the checklist: source and number of recorded requests, and how far their predictions may differ. */
export function ReplayGateFields({ gate, index, onChange, onRemove }: ReplayGateFieldsProps) {
  const set = (change: Partial<ReplayGate>) => onChange({ ...gate, ...change });
  return (
    <fieldset className={`${classes.group} ${classes.gate}`} aria-label={`Replay ${index}`}>
      <div className={classes.three}>
        <TextInput
          label="Requests from endpoint"
          placeholder="Where the champion is deployed"
          value={gate.endpoint ?? ""}
          onChange={(event) => set({ endpoint: event.currentTarget.value || null })}
        />
        <NumberInput
          label="Number of recent requests"
          min={20}
          max={1000}
          allowDecimal={false}
          value={gate.requests}
          onChange={(value) => set({ requests: Number(value) })}
        />
        <DecisionBasisField value={gate.judge} onChange={(decisionBasis) => set({ judge: decisionBasis })} />
      </div>
      <div className={classes.three}>
        <ShareInput
          label="Max disagreement"
          share={gate.maxDisagreement}
          onChange={(maxDisagreement) => set({ maxDisagreement })}
        />
        <ShareInput label="Tolerance" share={gate.tolerance} onChange={(tolerance) => set({ tolerance })} />
        <ShareInput
          label="Max rejected or invalid"
          share={gate.maxInvalidShare}
          onChange={(maxInvalidShare) => set({ maxInvalidShare })}
        />
      </div>
      <div className={classes.three}>
        <NumberInput
          label="Max p95"
          description="Leave empty to skip."
          suffix=" × the champion's"
          min={0.1}
          max={1000}
          value={gate.maxLatencyRatio ?? ""}
          onChange={(value) => set({ maxLatencyRatio: value === "" ? null : Number(value) })}
        />
      </div>
      <div>
        <Button variant="default" size="xs" onClick={onRemove}>
          Remove replay gate
        </Button>
      </div>
    </fieldset>
  );
}
