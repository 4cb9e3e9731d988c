"use client";

import { Button, NumberInput, Switch } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CacheSettings } from "#server/serve/cache/contract.ts";
import classes from "./settings.module.css";

interface CacheFormProps {
  cache: CacheSettings;
  action: (cache: CacheSettings) => Promise<ActionState<unknown>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

const mebibyte = 2 ** 20;

/** Edits how long and how many predictions are cached, and whether identical requests are coalesced. */
export function CacheForm({ cache, action, disabledReason }: CacheFormProps) {
  const { state, busy, run } = useAction(action);
  const [ttl, setTtl] = useState<string | number>(cache.ttlSeconds ?? "");
  const [mebibytes, setMebibytes] = useState<string | number>(cache.maxBytes / mebibyte);
  const [coalesces, setCoalesces] = useState(cache.coalesces);
  const isOff = disabledReason !== undefined;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const ttlSeconds = ttl === "" ? null : Number(ttl);
    const maxBytes = Math.round(Number(mebibytes) * mebibyte);
    run({ ttlSeconds, maxBytes, coalesces }, () => toast.done("Settings saved. Gateways apply them within seconds."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <div className={classes.pair}>
        <NumberInput
          label="Cache responses for"
          placeholder="never"
          description="Only for models with deterministic outputs."
          inputWrapperOrder={["label", "input", "description", "error"]}
          suffix=" s"
          min={0}
          allowDecimal={false}
          hideControls
          disabled={isOff}
          value={ttl}
          onChange={setTtl}
          error={state.fieldErrors?.["cache.ttlSeconds"]}
        />
        <NumberInput
          label="Max cached responses"
          description="Per gateway; least recently used responses are evicted first."
          inputWrapperOrder={["label", "input", "description", "error"]}
          suffix=" MiB"
          min={0}
          decimalScale={3}
          hideControls
          disabled={isOff}
          value={mebibytes}
          onChange={setMebibytes}
          error={state.fieldErrors?.["cache.maxBytes"]}
        />
      </div>
      <Switch
        label="Coalesce identical concurrent requests"
        checked={coalesces}
        disabled={isOff}
        onChange={(event) => setCoalesces(event.currentTarget.checked)}
      />
      <p className="lw-small lw-quiet">
        Cached responses are marked with the leeway-cache header and excluded from the version's latency and error
        metrics. Requests with Cache-Control: no-cache always run.
      </p>
      <div className={classes.line}>
        <Button variant="default" type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save cache"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}
