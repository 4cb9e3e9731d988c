"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Protection } from "#server/serve/protection/contract.ts";
import classes from "./settings.module.css";

export interface ProtectionFormProps {
  protection: Protection;
  /** Replaces the complete protection. */
  action: (protection: Protection) => Promise<ActionState<unknown>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

type Entry = string | number;
const orNull = (value: Entry) => (value === "" ? null : Number(value));

/** Limits of each token, and the largest body. An empty field is no limit. */
export function LimitsForm({ protection, action, disabledReason }: ProtectionFormProps) {
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
    run({ ...protection, ...limits }, () => toast.done("Limits saved. Gateways apply them within seconds."));
  }
  const field = { min: 0, hideControls: true, disabled: disabledReason !== undefined };
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <div className={classes.pair}>
        <NumberInput
          {...field}
          label="Rate limit per token, requests/s"
          placeholder="no limit"
          description="Excess requests are rejected with 429 and Retry-After."
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={rate}
          onChange={setRate}
          error={state.fieldErrors?.["protection.requestsPerSecond"]}
        />
        <NumberInput
          {...field}
          label="Burst"
          placeholder="the requests of one second"
          description="Requests allowed in a burst before the rate limit applies."
          inputWrapperOrder={["label", "input", "description", "error"]}
          allowDecimal={false}
          value={burst}
          onChange={setBurst}
          error={state.fieldErrors?.["protection.burst"]}
        />
        <NumberInput
          {...field}
          label="Concurrent requests per token"
          placeholder="no limit"
          description="Excess requests are rejected with 429."
          inputWrapperOrder={["label", "input", "description", "error"]}
          allowDecimal={false}
          value={concurrent}
          onChange={setConcurrent}
          error={state.fieldErrors?.["protection.concurrentRequests"]}
        />
        <NumberInput
          {...field}
          label="Max body size"
          placeholder="64 MiB"
          description="Larger requests are rejected with 413."
          inputWrapperOrder={["label", "input", "description", "error"]}
          suffix=" kB"
          value={kilobytes}
          onChange={setKilobytes}
          error={state.fieldErrors?.["protection.bodyLimitBytes"]}
        />
      </div>
      <p className="lw-small lw-quiet">
        Limits apply per gateway process: with two gateways, a token gets twice as much.
      </p>
      <div className={classes.line}>
        <Button variant="default" type="submit" disabled={disabledReason !== undefined} aria-disabled={busy}>
          {busy ? "Saving…" : "Save limits"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}
