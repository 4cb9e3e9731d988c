"use client";

import { NativeSelect, NumberInput } from "@mantine/core";
import { type LoadTestSettings, loadTestBounds } from "#server/serving/load-test/contract.ts";
import classes from "./load-test.module.css";

/** What the dialog asks for about the load; an empty field is an empty text. */
export interface LoadDraft {
  first: string | number;
  last: string | number;
  steps: string | number;
  stepSeconds: string | number;
  rows: string | number;
  mostInFlight: string | number;
  arrivals: LoadTestSettings["arrivals"];
  inputs: LoadTestSettings["inputs"];
}

interface LoadFieldsProps {
  draft: LoadDraft;
  onChange: (draft: LoadDraft) => void;
}

/** The ramp of rates, how long each lasts, and what is sent. */
export function LoadFields({ draft, onChange }: LoadFieldsProps) {
  const set = (change: Partial<LoadDraft>) => onChange({ ...draft, ...change });
  const rate = { min: 0.5, max: loadTestBounds.requestsPerSecond, suffix: "/s", hideControls: true };
  const count = { min: 1, allowDecimal: false, hideControls: true };
  return (
    <div className={classes.fields}>
      <NumberInput {...rate} label="First rate" value={draft.first} onChange={(first) => set({ first })} />
      <NumberInput {...rate} label="Last rate" value={draft.last} onChange={(last) => set({ last })} />
      <NumberInput
        {...count}
        label="Steps"
        max={loadTestBounds.steps}
        value={draft.steps}
        onChange={(steps) => set({ steps })}
      />
      <NumberInput
        {...count}
        label="Each for"
        min={5}
        max={300}
        suffix=" s"
        value={draft.stepSeconds}
        onChange={(stepSeconds) => set({ stepSeconds })}
      />
      <NativeSelect
        label="Requests come"
        data={[
          { value: "poisson", label: "at random" },
          { value: "constant", label: "evenly" },
        ]}
        value={draft.arrivals}
        onChange={(event) => set({ arrivals: event.currentTarget.value as LoadDraft["arrivals"] })}
      />
      <NativeSelect
        label="Inputs"
        data={[
          { value: "synthetic", label: "made up" },
          { value: "recorded", label: "recorded here" },
        ]}
        value={draft.inputs}
        onChange={(event) => set({ inputs: event.currentTarget.value as LoadDraft["inputs"] })}
      />
      <NumberInput
        {...count}
        label="Rows in each"
        max={256}
        disabled={draft.inputs === "recorded"}
        value={draft.rows}
        onChange={(rows) => set({ rows })}
      />
      <NumberInput
        {...count}
        label="Unanswered at most"
        max={loadTestBounds.inFlight}
        value={draft.mostInFlight}
        onChange={(mostInFlight) => set({ mostInFlight })}
      />
    </div>
  );
}
