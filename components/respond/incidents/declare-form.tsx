"use client";

import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import type { SubmitEvent } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { incidentSeverities } from "#server/respond/incidents/constants.ts";
import type { DeclareIncident } from "#server/respond/incidents/contract.ts";
import { incidentHref } from "./addresses.ts";
import { severityLabels } from "./incident-text.ts";

interface Option {
  id: string;
  name: string;
}

export interface DeclareFormProps {
  endpoints: readonly Option[];
  runbooks: readonly Option[];
  declare: (input: DeclareIncident) => Promise<ActionState<{ number: number }>>;
}

/** Renders the form that declares an incident and then opens its page. */
export function DeclareForm({ endpoints, runbooks, declare }: DeclareFormProps) {
  const router = useRouter();
  const { state, busy, run } = useAction(declare);
  const complaints = state.fieldErrors ?? {};
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const startedAt = text("startedAt");
    run(
      {
        title: text("title"),
        severity: text("severity") as DeclareIncident["severity"],
        endpointId: text("endpointId") || null,
        runbookId: text("runbookId") || null,
        note: text("note"),
        ...(startedAt && { startedAt: new Date(startedAt) }),
      },
      ({ number }) => router.push(incidentHref(number)),
    );
  }
  const none = { value: "", label: "None" };
  const options = (list: readonly Option[]) => [none, ...list.map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Title"
        name="title"
        placeholder="card-fraud: 15% of requests rejected since 02:39"
        maxLength={60}
        error={complaints.title}
        data-autofocus
      />
      <NativeSelect
        label="Severity"
        name="severity"
        defaultValue="SEV2"
        data={incidentSeverities.map((value) => ({ value, label: `${value}: ${severityLabels[value]}` }))}
      />
      <NativeSelect label="Endpoint" name="endpointId" data={options(endpoints)} error={complaints.endpointId} />
      <TextInput
        label="Started at"
        name="startedAt"
        type="datetime-local"
        description="Leave empty to use the current time, or when its SLO was first violated."
        error={complaints.startedAt}
      />
      <NativeSelect label="Runbook" name="runbookId" data={options(runbooks)} error={complaints.runbookId} />
      <Textarea label="Details" name="note" rows={3} maxLength={5000} error={complaints.note} />
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Declaring…" : "Declare"}
        </Button>
      </div>
    </form>
  );
}
