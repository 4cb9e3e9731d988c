"use client";

import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { ConsistencyGate } from "#server/develop/registry/policy/contract.ts";
import { DecisionBasisField } from "./decision-basis-field.tsx";
import classes from "./policy.module.css";
import { ShareInput } from "./share-input.tsx";

interface ConsistencyGateFieldsProps {
  gate: ConsistencyGate;
  /** Index in the list, used to name the fields. */
  index: number;
  onChange: (gate: ConsistencyGate) => void;
  onRemove: () => void;
}

/** Renders a consistency gate of the checklist: which two ways of computing, on which inputs, and how far they may differ. */
export function ConsistencyGateFields({ gate, index, onChange, onRemove }: ConsistencyGateFieldsProps) {
  const set = (change: Partial<ConsistencyGate>) => onChange({ ...gate, ...change });
  return (
    <fieldset className={`${classes.group} ${classes.gate}`} aria-label={`Consistency ${index}`}>
      <div className={classes.three}>
        <NativeSelect
          label="Compare outputs with"
          data={[
            { value: "origin", label: "the version it was derived from" },
            { value: "cpu", label: "itself on the CPU" },
          ]}
          value={gate.reference}
          onChange={(event) => set({ reference: event.currentTarget.value as ConsistencyGate["reference"] })}
        />
        <NativeSelect
          label="Inputs"
          data={[
            { value: "recorded", label: "recorded requests" },
            { value: "made-up", label: "synthetic inputs" },
          ]}
          value={gate.inputs}
          onChange={(event) => set({ inputs: event.currentTarget.value as ConsistencyGate["inputs"] })}
        />
        <NumberInput
          label="Sample size"
          min={20}
          max={1000}
          allowDecimal={false}
          value={gate.requests}
          onChange={(value) => set({ requests: Number(value) })}
        />
      </div>
      <div className={classes.three}>
        <NumberInput
          label="Tolerance"
          min={0}
          value={gate.maxAbsoluteDifference}
          onChange={(value) => set({ maxAbsoluteDifference: Number(value) })}
        />
        <ShareInput
          label="Max share of changed classes"
          share={gate.maxClassChangeShare}
          onChange={(maxClassChangeShare) => set({ maxClassChangeShare })}
        />
        <DecisionBasisField value={gate.judge} onChange={(decisionBasis) => set({ judge: decisionBasis })} />
      </div>
      <div className={classes.three}>
        <NativeSelect
          label="Runs on"
          data={[{ value: "", label: "the default provider" }, "webgpu", "cuda", "tensorrt"]}
          disabled={gate.reference !== "cpu"}
          value={gate.provider ?? ""}
          onChange={(event) => set({ provider: (event.currentTarget.value || null) as ConsistencyGate["provider"] })}
        />
        <TextInput
          label="Requests from endpoint"
          placeholder="Where the champion is deployed"
          disabled={gate.inputs !== "recorded"}
          value={gate.endpoint ?? ""}
          onChange={(event) => set({ endpoint: event.currentTarget.value || null })}
        />
      </div>
      <div>
        <Button variant="default" size="xs" onClick={onRemove}>
          Remove comparison
        </Button>
      </div>
    </fieldset>
  );
}
