"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { FormProblem } from "#components/identity/form-problem.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Protection } from "#server/serving/protection/contract.ts";
import classes from "./settings.module.css";

export interface ProtectionFormProps {
  protection: Protection;
  /** Replaces the whole protection. */
  action: (protection: Protection) => Promise<ActionState<unknown>>;
  /** Why it cannot be changed by the reader. */
  offBecause: string | undefined;
}

type Entry = string | number;
const orNull = (value: Entry) => (value === "" ? null : Number(value));

/** Limits of each token, and the largest body. An empty field is no limit. */
export function LimitsForm({ protection, action, offBecause }: ProtectionFormProps) {
  const { state, busy, run } = useAction(action);
  const [rate, setRate] = useState<Entry>(protection.requestsPerSecond ?? "");
  const [burst, setBurst] = useState<Entry>(protection.burst ?? "");
  const [concurrent, setConcurrent] = useState<Entry>(protection.concurrentRequests ?? "");
  const { bodyLimitBytes } = protection;
  const [kilobytes, setKilobytes] = useState<Entry>(bodyLimitBytes === null ? "" : bodyLimitBytes / 1000);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const bytes = orNull(kilobytes);
    const limits = {
      requestsPerSecond: orNull(rate),
      burst: orNull(burst),
      concurrentRequests: orNull(concurrent),
      bodyLimitBytes: bytes === null ? null : Math.round(bytes * 1000),
    };
    run({ ...protection, ...limits }, () => toast.done("The limits were saved. Gateways follow within seconds."));
  }
  const field = { min: 0, hideControls: true, disabled: offBecause !== undefined };
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <div className={classes.pair}>
        <NumberInput
          {...field}
          label="Requests per second of a token"
          placeholder="no limit"
          description="More are answered 429 with Retry-After."
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={rate}
          onChange={setRate}
          error={state.fieldErrors?.["protection.requestsPerSecond"]}
        />
        <NumberInput
          {...field}
          label="At once"
          placeholder="one second’s worth"
          description="How many may come before the rate holds."
          inputWrapperOrder={["label", "input", "description", "error"]}
          allowDecimal={false}
          value={burst}
          onChange={setBurst}
          error={state.fieldErrors?.["protection.burst"]}
        />
        <NumberInput
          {...field}
          label="Requests of a token at the same time"
          placeholder="no limit"
          description="More are answered 429 until one of them is."
          inputWrapperOrder={["label", "input", "description", "error"]}
          allowDecimal={false}
          value={concurrent}
          onChange={setConcurrent}
          error={state.fieldErrors?.["protection.concurrentRequests"]}
        />
        <NumberInput
          {...field}
          label="Largest body"
          placeholder="64 MiB"
          description="Larger ones are answered 413, unread."
          inputWrapperOrder={["label", "input", "description", "error"]}
          suffix=" kB"
          value={kilobytes}
          onChange={setKilobytes}
          error={state.fieldErrors?.["protection.bodyLimitBytes"]}
        />
      </div>
      <p className="lw-small lw-quiet">Each gateway process counts for itself: with two, a token has twice as much.</p>
      <div className={classes.line}>
        <Button variant="default" type="submit" disabled={offBecause !== undefined} aria-disabled={busy}>
          {busy ? "Saving…" : "Save limits"}
        </Button>
        {offBecause && <span className="lw-quiet">{offBecause}</span>}
      </div>
    </form>
  );
}
