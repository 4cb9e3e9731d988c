"use client";

import { NativeSelect, NumberInput } from "@mantine/core";
import { type LoadTestSettings, loadTestBounds } from "#server/serve/load-test/contract.ts";
import classes from "./load-test.module.css";

/** Load settings of the dialog; an empty field is an empty string. */
export interface LoadDraft {
  first: string | number;
  last: string | number;
  steps: string | number;
  stepSeconds: string | number;
  rows: string | number;
  maxInFlight: string | number;
  arrivals: LoadTestSettings["arrivals"];
  inputs: LoadTestSettings["inputs"];
}

interface LoadFieldsProps {
  draft: LoadDraft;
  onChange: (draft: LoadDraft) => void;
  /** Error messages by field of the settings: "settings.rows". */
  complaints: Record<string, string>;
}

/** Renders the ramp of rates, the duration of each, and the requests to send. */
export function LoadFields({ draft, onChange, complaints }: LoadFieldsProps) {
  const set = (change: Partial<LoadDraft>) => onChange({ ...draft, ...change });
  const rate = { min: 0.5, max: loadTestBounds.requestsPerSecond, suffix: "/s", hideControls: true };
  const count = { min: 1, allowDecimal: false, hideControls: true };
  const { "settings.rates": steps, "settings.rates.0": first } = complaints;
  // An error of any rate between the two is caused by the last rate, so it is shown there.
  const last = Object.entries(complaints).find(([field]) => /^settings\.rates\.[1-9]/.test(field))?.[1];
  return (
    <div className={classes.fields}>
      <NumberInput
        {...rate}
        label="Start rate"
        value={draft.first}
        onChange={(first) => set({ first })}
        error={first}
      />
      <NumberInput {...rate} label="End rate" value={draft.last} onChange={(last) => set({ last })} error={last} />
      <NumberInput
        {...count}
        label="Steps"
        max={loadTestBounds.steps}
        value={draft.steps}
        onChange={(steps) => set({ steps })}
        error={steps}
      />
      <NumberInput
        {...count}
        label="Step duration"
        min={5}
        max={300}
        suffix=" s"
        value={draft.stepSeconds}
        onChange={(stepSeconds) => set({ stepSeconds })}
        error={complaints["settings.stepSeconds"]}
      />
      <NativeSelect
        label="Arrivals"
        data={[
          { value: "poisson", label: "random (Poisson)" },
          { value: "constant", label: "evenly" },
        ]}
        value={draft.arrivals}
        onChange={(event) => set({ arrivals: event.currentTarget.value as LoadDraft["arrivals"] })}
      />
      <NativeSelect
        label="Inputs"
        data={[
          { value: "synthetic", label: "synthetic" },
          { value: "recorded", label: "recorded on this endpoint" },
        ]}
        value={draft.inputs}
        onChange={(event) => set({ inputs: event.currentTarget.value as LoadDraft["inputs"] })}
      />
      <NumberInput
        {...count}
        label="Rows per request"
        max={256}
        disabled={draft.inputs === "recorded"}
        value={draft.rows}
        onChange={(rows) => set({ rows })}
        error={complaints["settings.rows"]}
      />
      <NumberInput
        {...count}
        label="Max in flight"
        max={loadTestBounds.inFlight}
        value={draft.maxInFlight}
        onChange={(maxInFlight) => set({ maxInFlight })}
        error={complaints["settings.maxInFlight"]}
      />
    </div>
  );
}
