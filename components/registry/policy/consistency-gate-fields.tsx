"use client";

import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { ConsistencyGate } from "#server/registry/policy/contract.ts";
import { JudgedBy } from "./judged-by.tsx";
import classes from "./policy.module.css";
import { ShareInput } from "./share-input.tsx";

interface ConsistencyGateFieldsProps {
  gate: ConsistencyGate;
  /** Its place on the list, to name its fields. */
  place: number;
  onChange: (gate: ConsistencyGate) => void;
  onRemove: () => void;
}

/** One entry of the checklist about two ways of computing the same: which, on which inputs, and how far apart they may lie. */
export function ConsistencyGateFields({ gate, place, onChange, onRemove }: ConsistencyGateFieldsProps) {
  const set = (change: Partial<ConsistencyGate>) => onChange({ ...gate, ...change });
  return (
    <fieldset className={`${classes.group} ${classes.gate}`} aria-label={`Consistency ${place}`}>
      <div className={classes.three}>
        <NativeSelect
          label="The same numbers as"
          data={[
            { value: "origin", label: "the version it was made from" },
            { value: "cpu", label: "itself on the CPU" },
          ]}
          value={gate.reference}
          onChange={(event) => set({ reference: event.currentTarget.value as ConsistencyGate["reference"] })}
        />
        <NativeSelect
          label="Inputs"
          data={[
            { value: "recorded", label: "recorded requests" },
            { value: "made-up", label: "made-up numbers" },
          ]}
          value={gate.inputs}
          onChange={(event) => set({ inputs: event.currentTarget.value as ConsistencyGate["inputs"] })}
        />
        <NumberInput
          label="How many"
          min={20}
          max={1000}
          allowDecimal={false}
          value={gate.requests}
          onChange={(value) => set({ requests: Number(value) })}
        />
      </div>
      <div className={classes.three}>
        <NumberInput
          label="Numbers may differ by"
          min={0}
          value={gate.mostAbsolute}
          onChange={(value) => set({ mostAbsolute: Number(value) })}
        />
        <ShareInput label="Another class at most" share={gate.mostFlips} onChange={(mostFlips) => set({ mostFlips })} />
        <JudgedBy value={gate.judge} onChange={(judge) => set({ judge })} />
      </div>
      <div className={classes.three}>
        <NativeSelect
          label="Runs on"
          data={[{ value: "", label: "what this installation prefers" }, ...["webgpu", "cuda", "tensorrt"]]}
          disabled={gate.reference !== "cpu"}
          value={gate.provider ?? ""}
          onChange={(event) => set({ provider: (event.currentTarget.value || null) as ConsistencyGate["provider"] })}
        />
        <TextInput
          label="Requests of the endpoint"
          placeholder="Where the champion serves"
          disabled={gate.inputs !== "recorded"}
          value={gate.endpoint ?? ""}
          onChange={(event) => set({ endpoint: event.currentTarget.value || null })}
        />
      </div>
      <div>
        <Button variant="default" size="xs" onClick={onRemove}>
          Remove this comparison
        </Button>
      </div>
    </fieldset>
  );
}
