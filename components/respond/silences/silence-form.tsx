"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import classes from "#components/alerting/alerts/alerts.module.css";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SilencePreview } from "#server/alerting/alerts/silences/contract.ts";
import { MatchersField, type PreviewAction } from "./matchers-field.tsx";
import { type EndPreset, endPresets, fieldTime, presetEnd } from "./silence-times.ts";

/** Input of the form; matchers as typed. */
export interface SilenceInput {
  id?: string | undefined;
  matchers: string;
  startsAt: Date;
  endsAt: Date;
  comment: string;
  confirm?: number | undefined;
}

interface SilenceFormProps {
  /** Initial values; with an id, that silence is edited. */
  silence: Partial<SilenceInput>;
  save: (input: SilenceInput) => Promise<ActionState<{ id: string }>>;
  preview: PreviewAction;
}

type End = EndPreset | "at";

/** Edits the matchers, the end and the reason of a silence. */
export function SilenceForm({ silence, save, preview }: SilenceFormProps) {
  const router = useRouter();
  const { state, busy, run } = useAction(save);
  const [matchers, setMatchers] = useState(silence.matchers ?? "");
  const [counted, setCounted] = useState<SilencePreview>();
  const [end, setEnd] = useState<End>(silence.endsAt ? "at" : "1h");
  const [endsAt, setEndsAt] = useState(silence.endsAt ? fieldTime(silence.endsAt) : "");
  const [startsAt, setStartsAt] = useState(silence.startsAt ? fieldTime(silence.startsAt) : "");
  const [comment, setComment] = useState(silence.comment ?? "");
  const [confirm, setConfirm] = useState("");
  const complaints = state.fieldErrors ?? {};

  function choose(next: End) {
    setEnd(next);
    if (next === "at" && endsAt === "") setEndsAt(fieldTime(presetEnd("4h", new Date())));
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const from = startsAt ? new Date(startsAt) : new Date();
    const isUntouched = silence.startsAt !== undefined && startsAt === fieldTime(silence.startsAt);
    run(
      {
        id: silence.id,
        matchers,
        comment,
        startsAt: isUntouched && silence.startsAt ? silence.startsAt : from,
        endsAt: end === "at" ? new Date(endsAt) : presetEnd(end, from),
        confirm: confirm === "" ? undefined : Number(confirm),
      },
      ({ id }) => {
        toast.done("Silence saved.");
        router.push(`/alerts/silences?silence=${id}`);
      },
    );
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <MatchersField
        value={matchers}
        onChange={setMatchers}
        preview={preview}
        onCounted={setCounted}
        error={complaints.matchers}
      />
      <div>
        <p className="lw-small lw-muted" aria-hidden="true">
          Until
        </p>
        <Segmented<End>
          label="Until"
          value={end}
          onChange={choose}
          options={[
            ...endPresets.map(({ key, label }) => ({ value: key, label })),
            { value: "at" as const, label: "Custom" },
          ]}
        />
      </div>
      <div className={classes.row}>
        <TextInput
          type="datetime-local"
          label="From"
          description="Leave empty to start now."
          value={startsAt}
          onChange={(event) => setStartsAt(event.currentTarget.value)}
          error={complaints.startsAt}
        />
        {end === "at" && (
          <TextInput
            type="datetime-local"
            label="Ends at"
            description="In your time zone."
            value={endsAt}
            onChange={(event) => setEndsAt(event.currentTarget.value)}
            error={complaints.endsAt}
          />
        )}
      </div>
      <Textarea
        label="Reason"
        description="Visible to anyone checking why an alert is silenced."
        rows={2}
        maxLength={2000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
        error={complaints.comment}
      />
      {(counted?.isWide || complaints.confirm) && (
        <TextInput
          label={`This mutes more than half of all firing alerts. Type ${counted?.matched ?? "the number of alerts"} to confirm`}
          inputMode="numeric"
          value={confirm}
          onChange={(event) => setConfirm(event.currentTarget.value)}
          error={complaints.confirm}
        />
      )}
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : silence.id ? "Save" : "Silence"}
        </Button>
      </div>
    </form>
  );
}
