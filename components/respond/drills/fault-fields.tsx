"use client";

import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { ChangeEvent } from "react";
import form from "#components/improve/training/forms.module.css";
import { type FaultKind, installationFaults } from "#server/serve/faults/contract.ts";
import classes from "./drills.module.css";
import { faultLooks } from "./fault-kinds.ts";
import type { FieldProblems } from "./field-problems.ts";
import type { PlanDraft } from "./plan-draft.ts";

interface FaultFieldsProps {
  draft: PlanDraft;
  set: (part: Partial<PlanDraft>) => void;
  problems: FieldProblems;
  /** Names of the inputs of the endpoint, feature views, open jobs, and channels. */
  inputs: readonly string[];
  views: readonly string[];
  jobs: readonly { id: string; name: string }[];
  channels: readonly { id: string; name: string }[];
  /** Whether faults that touch every workspace are possible. */
  isInstanceAdmin: boolean;
}

const kinds = Object.keys(faultLooks) as FaultKind[];

/** Renders the choice of a fault. */
export function FaultTiles({
  draft,
  set,
  isInstanceAdmin,
}: Pick<FaultFieldsProps, "draft" | "set" | "isInstanceAdmin">) {
  return (
    <fieldset className={classes.tiles} aria-label="Fault">
      {kinds.map((kind) => {
        const { label, icon: Icon, description } = faultLooks[kind];
        const isOff = !isInstanceAdmin && installationFaults.some((each) => each === kind);
        return (
          <label
            className={classes.tile}
            data-checked={draft.kind === kind || undefined}
            data-off={isOff || undefined}
            title={isOff ? "requires an admin of the first workspace" : description}
            key={kind}
          >
            <input
              className="lw-hidden"
              type="radio"
              name="fault"
              value={kind}
              checked={draft.kind === kind}
              disabled={isOff}
              onChange={() => set({ kind })}
            />
            <Icon size={16} stroke={1.7} aria-hidden="true" />
            {label}
            {isOff && <span className="lw-caption"> admins</span>}
          </label>
        );
      })}
    </fieldset>
  );
}

type TextField = {
  [Key in keyof PlanDraft]: Key extends keyof FieldProblems ? (PlanDraft[Key] extends string ? Key : never) : never;
}[keyof PlanDraft];

/** Renders the fields that the chosen fault has. */
export function FaultFields(props: FaultFieldsProps) {
  const { draft, set, problems, inputs, views, jobs, channels } = props;
  const shared = (field: TextField) => ({
    value: draft[field],
    error: problems[field],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => set({ [field]: event.currentTarget.value }),
  });
  const text = (field: TextField, label: string, description?: string) => (
    <TextInput {...shared(field)} label={label} description={description} autoComplete="off" spellCheck={false} />
  );
  const select = (field: TextField, label: string, options: Choice[]) => (
    <NativeSelect {...shared(field)} label={label} data={withChosen(options, draft[field])} />
  );
  const input = (
    <>
      <TextInput {...shared("feature")} label="Input" list="game-day-inputs" autoComplete="off" spellCheck={false} />
      <datalist id="game-day-inputs">
        {inputs.map((name) => (
          <option value={name} key={name} />
        ))}
      </datalist>
    </>
  );
  switch (draft.kind) {
    case "latency":
      return (
        <>
          {text("delayMs", "Latency, ms", "added to each affected response; at most 5,000")}
          {text("jitterMs", "Jitter, ± ms", "the latency varies by this much")}
        </>
      );
    case "errors":
      return select("status", "Status", [
        { value: "503", label: "503 Service Unavailable" },
        { value: "429", label: "429 Too Many Requests" },
      ]);
    case "dropped-feature":
      return (
        <>
          {input}
          {select("droppedAs", "Dropped as", [
            { value: "missing", label: "absent from the request" },
            { value: "null", label: "present without a value" },
          ])}
        </>
      );
    case "shifted-input":
      return (
        <>
          {input}
          {select("change", "Change", [
            { value: "number", label: "a number is scaled and shifted" },
            { value: "levels", label: "two values are swapped" },
          ])}
          {draft.change === "number" ? (
            <>
              {text("scale", "Factor", "1 leaves the number as it is")}
              {text("offset", "Offset", "added after the factor")}
            </>
          ) : (
            <>
              {text("levelOne", "One value")}
              {text("levelOther", "Other value")}
            </>
          )}
        </>
      );
    case "stale-feature":
      return (
        <>
          {select("view", "Feature view", [chooseFirst, ...views.map((name) => ({ value: name, label: name }))])}
          {text("ageMinutes", "Older by, min")}
        </>
      );
    case "job-preempted":
      return (
        <>
          {select("job", "Training job", [chooseFirst, ...named(jobs)])}
          <div className={form.wide}>
            <Checkbox
              label="Its newest checkpoint cannot be read either"
              checked={draft.tearsCheckpoint}
              onChange={(event) => set({ tearsCheckpoint: event.currentTarget.checked })}
            />
          </div>
        </>
      );
    case "channel-dead":
      return select("channelId", "Channel", [chooseFirst, ...named(channels)]);
    default:
      return <p className="lw-muted">{faultLooks[draft.kind].description}</p>;
  }
}

interface Choice {
  value: string;
  label: string;
}

const chooseFirst: Choice = { value: "", label: "Choose…" };

function named(options: readonly { id: string; name: string }[]): Choice[] {
  return options.map(({ id, name }) => ({ value: id, label: name }));
}

/** Keeps what a plan names already as a choice, even if it has ended or is beyond the list. */
function withChosen(options: Choice[], chosen: string): Choice[] {
  return options.some(({ value }) => value === chosen) ? options : [...options, { value: chosen, label: chosen }];
}
