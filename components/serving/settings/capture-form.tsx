"use client";

import { Button, NumberInput, Select, Switch, TagsInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { FormProblem } from "#components/identity/form-problem.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CaptureSettings } from "#server/serving/capture/contract.ts";
import classes from "./settings.module.css";

interface CaptureFormProps {
  capture: CaptureSettings;
  /** Inputs of the version that serves and of its pipeline, and its outputs: suggestions. */
  inputs: string[];
  outputs: string[];
  action: (capture: CaptureSettings) => Promise<ActionState<unknown>>;
  /** Why it cannot be changed by the reader. */
  offBecause: string | undefined;
}

type Entry = string | number;
const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];

/** What of the requests is kept: how many, which besides, how much of them, for how long. */
export function CaptureForm({ capture, inputs, outputs, action, offBecause }: CaptureFormProps) {
  const { state, busy, run } = useAction(action);
  const [percent, setPercent] = useState<Entry>(Number((capture.share * 100).toPrecision(6)));
  const [below, setBelow] = useState<Entry>(toPercent(capture.lowConfidence?.below));
  const [output, setOutput] = useState<string | null>(capture.lowConfidence?.output ?? null);
  const [isDigest, setIsDigest] = useState(capture.inputs === "digest");
  const [redact, setRedact] = useState(capture.redact);
  const [kilobytes, setKilobytes] = useState<Entry>(capture.mostBytes / 1024);
  const [days, setDays] = useState<Entry>(capture.keepDays);
  const isOff = offBecause !== undefined;
  const field = { min: 0, hideControls: true, disabled: isOff, inputWrapperOrder: order };
  const errors = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const wish: CaptureSettings = {
      share: Number(percent) / 100,
      lowConfidence: below === "" ? null : { output, below: Number(below) / 100 },
      inputs: isDigest ? "digest" : "whole",
      redact,
      mostBytes: Math.round(Number(kilobytes) * 1024),
      keepDays: Number(days),
    };
    run(wish, () => toast.done("Saved. Gateways follow within seconds."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <div className={classes.pair}>
        <NumberInput
          {...field}
          label="Requests kept"
          description="A share of all. Failed ones are always kept."
          suffix=" %"
          max={100}
          decimalScale={4}
          value={percent}
          onChange={setPercent}
          error={errors["capture.share"]}
        />
        <NumberInput
          {...field}
          label="Unsure ones too, below"
          placeholder="none"
          description="When the highest probability of a row is lower."
          suffix=" %"
          max={100}
          decimalScale={2}
          value={below}
          onChange={setBelow}
          error={errors["capture.lowConfidence.below"]}
        />
        <NumberInput
          {...field}
          label="Kept for"
          description="Then they are deleted."
          suffix=" days"
          allowDecimal={false}
          value={days}
          onChange={setDays}
          error={errors["capture.keepDays"]}
        />
        <NumberInput
          {...field}
          label="Most of one request"
          description="What is larger is kept without its values."
          suffix=" KiB"
          decimalScale={1}
          value={kilobytes}
          onChange={setKilobytes}
          error={errors["capture.mostBytes"]}
        />
      </div>
      {below !== "" && (
        <Select
          label="Output with the probabilities"
          placeholder="the first that has some"
          data={output && !outputs.includes(output) ? [...outputs, output] : outputs}
          clearable
          disabled={isOff}
          value={output}
          onChange={setOutput}
        />
      )}
      <TagsInput
        label="Redacted inputs"
        description="Of these only a SHA-256 digest is kept. What a pipeline makes of them is redacted with them, and so is what the caller was told of a refusal."
        inputWrapperOrder={order}
        placeholder={redact.length === 0 ? "none" : ""}
        data={inputs}
        disabled={isOff || isDigest}
        value={redact}
        onChange={setRedact}
        error={errors["capture.redact"]}
      />
      <Switch
        label="Redact every input"
        checked={isDigest}
        disabled={isOff}
        onChange={(event) => setIsDigest(event.currentTarget.checked)}
      />
      <p className="lw-small lw-quiet">
        Values are replaced before they are written to any disk. Equal values have equal digests: one of few possible
        values can be found by trying them. What is in the log already stays as it was kept.
      </p>
      <div className={classes.line}>
        <Button variant="default" type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save the log’s rules"}
        </Button>
        {offBecause && <span className="lw-quiet">{offBecause}</span>}
      </div>
    </form>
  );
}

function toPercent(share: number | undefined): Entry {
  return share === undefined ? "" : Number((share * 100).toPrecision(6));
}
