"use client";

import { Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { JobSpec } from "#server/improve/training/contract.ts";
import type { JobPreview } from "#server/improve/training/fit/contract.ts";
import type { SubmitJob } from "#server/improve/training/jobs/contract.ts";
import { jobHref, jobsPath } from "../addresses.ts";
import { complaintAt, isAmong, withUnshown } from "../complaints.ts";
import classes from "../forms.module.css";
import { TrainingForm } from "../training-form.tsx";
import { CopyCall } from "./copy-call.tsx";
import { DatasetRows } from "./dataset-rows.tsx";
import { EngineChoice } from "./engine-choice.tsx";
import {
  changedValues,
  datasetProblems,
  type JobDraft,
  readJobDraft,
  type TemplateChoice,
  valuesOfTemplate,
} from "./job-draft.ts";
import { JobSummary } from "./job-summary.tsx";
import { PackageField } from "./package-field.tsx";
import { TemplateFields } from "./template-fields.tsx";
import { usePreview } from "./use-preview.ts";

interface SubmitFormProps {
  templates: readonly TemplateChoice[];
  /** The newest dataset versions. */
  datasets: readonly { id: string; label: string }[];
  /** Dataset versions in all. */
  datasetCount: number;
  initial: JobDraft;
  /** Specification of the job that the form was filled from. */
  base: JobSpec | undefined;
  /** Its id: both jobs lead to each other. */
  rerunOf: string | undefined;
  submit: (input: SubmitJob) => Promise<ActionState<{ id: string; name: string }>>;
  preview: (input: SubmitJob) => Promise<ActionState<JobPreview>>;
  uploadPackage: (form: FormData) => Promise<ActionState<{ sha256: string }>>;
  /** Bytes of a package that a browser may send. */
  maxUploadBytes: number;
  /** Whether this user may submit urgent jobs. */
  mayBeUrgent: boolean;
  actorName: string;
  why: string | undefined;
}

/** Paths of complaints that a field shows. */
const commonFields = ["template", "experiment", "name", "engine"];
const templateFields = [...commonFields, "parameters."];
const commandFields = [
  ...commonFields,
  "spec",
  "spec.image",
  "spec.seed",
  "spec.packageKey",
  "spec.command.",
  "spec.parameters.",
  "spec.environment.",
  "spec.datasets.",
  ...["cores", "gpus", "memoryBytes", "nodes"].map((name) => `spec.resources.${name}`),
  ...["hours", "cost", "maxFailures"].map((name) => `spec.limits.${name}`),
];

/** Renders the form that submits a training job, with a summary that follows each change. */
export function SubmitForm(props: SubmitFormProps) {
  const { templates, datasets, datasetCount, initial, base, rerunOf, actorName, why } = props;
  const router = useRouter();
  const [draft, setDraft] = useState(initial);
  const [isSending, setIsSending] = useState(false);
  const [wasTried, setWasTried] = useState(false);
  const { state, busy, run, reset } = useAction(props.submit);
  const template = templates.find(({ name }) => name === draft.template);
  const input = { ...readJobDraft(draft, template, base), ...(rerunOf !== undefined && { rerunOf }) };
  const { preview, refusal } = usePreview(input, props.preview);
  const complaints = state.fieldErrors ?? {};
  const problems = template ? [] : datasetProblems(draft.datasets);
  const problem = problems.find((each) => each !== undefined);
  const engine = preview?.engines.find(({ name }) => name === draft.engine);
  const spec = template?.job ?? JobSpec.safeParse(input.spec).data;
  const set = (part: Partial<JobDraft>) => {
    reset();
    // A package may come while something else is typed.
    setDraft((present) => ({ ...present, ...part }));
  };

  function choose(name: string) {
    const next = templates.find((each) => each.name === name);
    set({
      template: name,
      values: next ? valuesOfTemplate(next) : {},
      ...(next?.engine && { engine: next.engine }),
    });
  }

  function submit() {
    if (why !== undefined || engine?.problem || isSending) return;
    setWasTried(true);
    if (problem !== undefined) return;
    run(input, ({ id, name }) => {
      toast.done(`Submitted ${name}.`);
      router.push(jobHref(id));
    });
  }

  const field = (
    name: "cores" | "gpus" | "gpuKind" | "memoryGb" | "nodes" | "hours" | "cost" | "maxFailures" | "seed",
  ) => ({
    value: draft[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [name]: event.currentTarget.value }),
    autoComplete: "off",
  });

  return (
    <TrainingForm
      label="Submit training job"
      onSubmit={submit}
      button={busy ? "Submitting…" : "Submit job"}
      why={why ?? engine?.problem ?? (isSending ? "the package is being sent" : undefined)}
      isBusy={busy}
      cancelHref={jobsPath}
      beside={
        <>
          <span className="lw-small lw-quiet">Recorded in the audit log as {actorName}</span>
          <CopyCall input={input} />
        </>
      }
    >
      <FormProblem state={withUnshown(state, (path) => isAmong(path, template ? templateFields : commandFields))} />
      <Columns columns="minmax(0, 1fr) 348px">
        <Stack>
          <Panel title="Job">
            <div className={classes.fields}>
              <NativeSelect
                label="Template"
                data={[
                  { value: "", label: "None (own command)" },
                  ...templates.map(({ name, revision }) => ({ value: name, label: `${name}, revision ${revision}` })),
                ]}
                value={draft.template}
                error={complaints.template}
                onChange={(event) => choose(event.currentTarget.value)}
              />
              <TextInput
                label="Experiment"
                description="Created if it does not exist."
                value={draft.experiment}
                error={complaints.experiment}
                onChange={(event) => set({ experiment: event.currentTarget.value })}
                maxLength={200}
              />
              <TextInput
                label="Name"
                description="Defaults to a name from the template"
                value={draft.name}
                error={complaints.name}
                onChange={(event) => set({ name: event.currentTarget.value })}
                autoComplete="off"
                maxLength={200}
              />
              <NativeSelect
                label="Priority"
                data={[
                  { value: "urgent", label: "urgent", disabled: !props.mayBeUrgent },
                  { value: "normal", label: "normal" },
                  { value: "low", label: "low" },
                ]}
                value={draft.priority}
                onChange={(event) => set({ priority: event.currentTarget.value as JobDraft["priority"] })}
              />
            </div>
          </Panel>
          {template ? (
            <Panel title="Parameters" subtitle={`of ${template.name}, revision ${template.revision}`}>
              <TemplateFields
                parameters={template.parameters}
                values={draft.values}
                before={initial.template === template.name ? initial.values : valuesOfTemplate(template)}
                changed={changedValues(
                  draft.values,
                  initial.template === template.name ? initial.values : valuesOfTemplate(template),
                )}
                complaints={complaints}
                onChange={(values) => set({ values })}
              />
            </Panel>
          ) : (
            <>
              <Panel title="Command">
                <div className={classes.fields}>
                  <Textarea
                    className={`${classes.wide} ${classes.mono}`}
                    label="Program and arguments"
                    description="One per line, without shell. Put an argument with several lines between two lines of ```."
                    placeholder={"python\ntrain.py"}
                    autosize
                    minRows={3}
                    maxRows={16}
                    value={draft.command}
                    error={complaintAt(complaints, "spec.command") ?? complaints.spec}
                    onChange={(event) => set({ command: event.currentTarget.value })}
                    spellCheck={false}
                  />
                  <Textarea
                    className={classes.mono ?? ""}
                    label="Parameters"
                    description="name = value, one per line; logged with the run"
                    autosize
                    minRows={2}
                    maxRows={12}
                    value={draft.parameters}
                    error={complaintAt(complaints, "spec.parameters")}
                    onChange={(event) => set({ parameters: event.currentTarget.value })}
                    spellCheck={false}
                  />
                  <Textarea
                    className={classes.mono ?? ""}
                    label="Environment"
                    description="NAME=value, one per line; no secrets"
                    autosize
                    minRows={2}
                    maxRows={12}
                    value={draft.environment}
                    error={complaintAt(complaints, "spec.environment")}
                    onChange={(event) => set({ environment: event.currentTarget.value })}
                    spellCheck={false}
                  />
                  <TextInput
                    label="Container image"
                    description="Leave empty if the engine already has the program"
                    value={draft.image}
                    error={complaints["spec.image"]}
                    onChange={(event) => set({ image: event.currentTarget.value })}
                    autoComplete="off"
                    spellCheck={false}
                  />
                  <TextInput label="Seed" inputMode="numeric" error={complaints["spec.seed"]} {...field("seed")} />
                  <PackageField
                    value={draft.packageKey}
                    onChange={(packageKey) => set({ packageKey })}
                    upload={props.uploadPackage}
                    maxBytes={props.maxUploadBytes}
                    error={complaints["spec.packageKey"]}
                    isSending={isSending}
                    onSending={setIsSending}
                  />
                </div>
              </Panel>
              <Panel title="Datasets" subtitle="available to the program through LEEWAY_DATASETS">
                <DatasetRows
                  rows={draft.datasets}
                  choices={datasets}
                  total={datasetCount}
                  onChange={(rows) => set({ datasets: rows })}
                  error={complaintAt(complaints, "spec.datasets")}
                  problems={wasTried ? problems : []}
                />
              </Panel>
              <Panel title="Machines and limits">
                <div className={classes.fields}>
                  <TextInput
                    label="Cores"
                    inputMode="decimal"
                    error={complaints["spec.resources.cores"]}
                    {...field("cores")}
                  />
                  <TextInput
                    label="GPUs"
                    inputMode="numeric"
                    error={complaints["spec.resources.gpus"]}
                    {...field("gpus")}
                  />
                  <TextInput label="GPU type" placeholder="a10g" {...field("gpuKind")} />
                  <TextInput
                    label="Memory in GB"
                    inputMode="decimal"
                    error={complaints["spec.resources.memoryBytes"]}
                    {...field("memoryGb")}
                  />
                  <TextInput
                    label="Machines"
                    inputMode="numeric"
                    error={complaints["spec.resources.nodes"]}
                    {...field("nodes")}
                  />
                  <TextInput
                    label="Max hours"
                    inputMode="decimal"
                    error={complaints["spec.limits.hours"]}
                    {...field("hours")}
                  />
                  <TextInput
                    label="Max cost"
                    description="Empty: no limit"
                    inputMode="decimal"
                    error={complaints["spec.limits.cost"]}
                    {...field("cost")}
                  />
                  <TextInput
                    label="Max failures"
                    description="Max retries after failures"
                    inputMode="numeric"
                    error={complaints["spec.limits.maxFailures"]}
                    {...field("maxFailures")}
                  />
                  <Checkbox
                    label="Allow spot machines, which can be preempted"
                    checked={draft.spot}
                    onChange={(event) => set({ spot: event.currentTarget.checked })}
                  />
                </div>
              </Panel>
            </>
          )}
          <Panel title="Engine">
            {preview ? (
              <EngineChoice
                engines={preview.engines}
                value={draft.engine}
                onChange={(name) => set({ engine: name })}
                error={complaints.engine}
              />
            ) : (
              <p className="lw-muted">
                {refusal === undefined
                  ? "Checking which engines can run it…"
                  : "Engines that can run the job are shown once the form is complete."}
              </p>
            )}
          </Panel>
        </Stack>
        <JobSummary spec={spec} engine={engine} preview={preview} refusal={problem ?? refusal} />
      </Columns>
    </TrainingForm>
  );
}
