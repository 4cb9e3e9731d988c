"use client";

import { Button, NumberInput, Select, Switch, TagsInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CaptureSettings } from "#server/serve/capture/contract.ts";
import classes from "./settings.module.css";

interface CaptureFormProps {
  capture: CaptureSettings;
  /** Inputs of the version that serves and of its pipeline, and its outputs: suggestions. */
  inputs: string[];
  outputs: string[];
  action: (capture: CaptureSettings) => Promise<ActionState<unknown>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

type Entry = string | number;
const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];

/** Edits the prediction log: sampling rate, additional conditions, stored content, retention. */
export function CaptureForm({ capture, inputs, outputs, action, disabledReason }: CaptureFormProps) {
  const { state, busy, run } = useAction(action);
  const [percent, setPercent] = useState<Entry>(Number((capture.share * 100).toPrecision(6)));
  const [below, setBelow] = useState<Entry>(toPercent(capture.lowConfidence?.below));
  const [output, setOutput] = useState<string | null>(capture.lowConfidence?.output ?? null);
  const [isDigest, setIsDigest] = useState(capture.inputs === "digest");
  const [redact, setRedact] = useState(capture.redact);
  const [kilobytes, setKilobytes] = useState<Entry>(capture.maxBytes / 1024);
  const [days, setDays] = useState<Entry>(capture.retentionDays);
  const isOff = disabledReason !== undefined;
  const field = { min: 0, hideControls: true, disabled: isOff, inputWrapperOrder: order };
  const errors = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const settings: CaptureSettings = {
      share: Number(percent) / 100,
      lowConfidence: below === "" ? null : { output, below: Number(below) / 100 },
      inputs: isDigest ? "digest" : "whole",
      redact,
      maxBytes: Math.round(Number(kilobytes) * 1024),
      retentionDays: Number(days),
    };
    run(settings, () => toast.done("Settings saved. Gateways apply them within seconds."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <div className={classes.pair}>
        <NumberInput
          {...field}
          label="Sampling rate of the prediction log"
          description="Share of all requests. Failed requests are always logged."
          suffix="%"
          max={100}
          decimalScale={4}
          value={percent}
          onChange={setPercent}
          error={errors["capture.share"]}
        />
        <NumberInput
          {...field}
          label="Also log predictions with confidence below"
          placeholder="none"
          description="When the highest class probability of a row is lower."
          suffix="%"
          max={100}
          decimalScale={2}
          value={below}
          onChange={setBelow}
          error={errors["capture.lowConfidence.below"]}
        />
        <NumberInput
          {...field}
          label="Retention"
          description="Older predictions are deleted."
          suffix=" days"
          allowDecimal={false}
          value={days}
          onChange={setDays}
          error={errors["capture.retentionDays"]}
        />
        <NumberInput
          {...field}
          label="Max size per request"
          description="Larger requests are logged without values."
          suffix=" KiB"
          decimalScale={1}
          value={kilobytes}
          onChange={setKilobytes}
          error={errors["capture.maxBytes"]}
        />
      </div>
      {below !== "" && (
        <Select
          label="Probability output"
          placeholder="first output with probabilities"
          data={output && !outputs.includes(output) ? [...outputs, output] : outputs}
          clearable
          disabled={isOff}
          value={output}
          onChange={setOutput}
        />
      )}
      <TagsInput
        label="Redacted inputs"
        description="Only a SHA-256 digest of these inputs is stored. Values that a pipeline derives from them are redacted too, and so are error messages that may quote them."
        inputWrapperOrder={order}
        placeholder={redact.length === 0 ? "none" : ""}
        data={inputs}
        disabled={isOff || isDigest}
        value={redact}
        onChange={setRedact}
        error={errors["capture.redact"]}
      />
      <Switch
        label="Redact all inputs"
        checked={isDigest}
        disabled={isOff}
        onChange={(event) => setIsDigest(event.currentTarget.checked)}
      />
      <p className="lw-small lw-quiet">
        Values are redacted before anything is written to disk. Equal values have equal digests, so values from a small
        set can be guessed. Existing log entries are not changed.
      </p>
      <div className={classes.line}>
        <Button variant="default" type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save logging settings"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}

function toPercent(share: number | undefined): Entry {
  return share === undefined ? "" : Number((share * 100).toPrecision(6));
}
