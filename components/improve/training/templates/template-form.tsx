"use client";

import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FieldTable } from "#components/ui/field-table.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { TemplateParameter } from "#server/improve/training/contract.ts";
import type { JobTemplate, SaveTemplate } from "#server/improve/training/templates/contract.ts";
import { templatesPath } from "../addresses.ts";
import { complaintAt, isAmong, withUnshown } from "../complaints.ts";
import classes from "../forms.module.css";
import type { JobDraft } from "../submit/job-draft.ts";
import { readTexts } from "../text-lines.ts";
import { TrainingForm } from "../training-form.tsx";
import {
  defaultOf,
  draftOfTemplate,
  filledIn,
  newParameter,
  newTemplateDraft,
  readTemplateDraft,
  type TemplateDraft,
} from "./template-draft.ts";

interface TemplateFormProps {
  /** Template that is changed; without it, one is created. */
  template?: JobTemplate;
  engines: readonly { id: string; name: string }[];
  save: (input: SaveTemplate) => Promise<ActionState<{ name: string; revision: number }>>;
  why: string | undefined;
}

const kinds: { value: TemplateParameter["kind"]; label: string }[] = [
  { value: "number", label: "number" },
  { value: "integer", label: "integer" },
  { value: "text", label: "text" },
  { value: "boolean", label: "true or false" },
  { value: "choice", label: "choice" },
];

type TextField =
  | "command"
  | "image"
  | "environment"
  | "parameters"
  | "cores"
  | "gpus"
  | "gpuKind"
  | "memoryGb"
  | "hours"
  | "cost";

/** Paths of complaints that a field shows. */
const fields = [
  "name",
  "engine",
  "spec.job.image",
  "spec.job.registerAs",
  "spec.job.checkpoints.keepLast",
  "spec.job.command.",
  "spec.job.environment.",
  "spec.job.parameters.",
  ...["cores", "gpus", "memoryBytes"].map((name) => `spec.job.resources.${name}`),
  ...["hours", "cost"].map((name) => `spec.job.limits.${name}`),
];

/** Those of the parameters: the server refuses a default by the parameter's name. */
const cellsOf = (draft: TemplateDraft) =>
  filledIn(draft.parameters).flatMap(({ name }, at) => [
    `parameters.${name}`,
    ...["name", "default", "choices", "min", "max"].map((field) => `spec.parameters.${at}.${field}`),
  ]);

/** Renders the form that creates a template, or makes its next revision. */
export function TemplateForm({ template, engines, save, why }: TemplateFormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState<TemplateDraft>(template ? draftOfTemplate(template) : newTemplateDraft);
  const { state, busy, run, reset } = useAction(save);
  const complaints = state.fieldErrors ?? {};
  const set = (part: Partial<TemplateDraft>) => {
    reset();
    setDraft({ ...draft, ...part });
  };
  const setJob = (part: Partial<JobDraft>) => set({ job: { ...draft.job, ...part } });
  const setParameter = (at: number, part: Partial<TemplateDraft["parameters"][number]>) =>
    set({ parameters: draft.parameters.map((each, other) => (other === at ? { ...each, ...part } : each)) });
  const text = (name: TextField) => ({
    value: draft.job[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      setJob({ [name]: event.currentTarget.value }),
    spellCheck: false,
  });

  function submit() {
    if (why !== undefined) return;
    run(readTemplateDraft(draft, template), ({ name, revision }) => {
      toast.done(revision === 1 ? `Created ${name}.` : `Saved revision ${revision} of ${name}.`);
      router.push(templatesPath);
    });
  }

  return (
    <TrainingForm
      label={template ? `Change ${template.name}` : "Create a template"}
      onSubmit={submit}
      button={template ? "Save revision" : "Create template"}
      why={why}
      isBusy={busy}
      cancelHref={templatesPath}
    >
      <FormProblem state={withUnshown(state, (path) => isAmong(path, [...fields, ...cellsOf(draft)]))} />
      <Panel title="Template">
        <div className={classes.fields}>
          <TextInput
            label="Name"
            value={draft.name}
            disabled={template !== undefined}
            error={complaints.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            autoComplete="off"
            maxLength={200}
          />
          <NativeSelect
            label="Engine"
            data={[
              { value: "", label: "chosen at the submit" },
              ...engines.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            value={draft.engineId}
            error={complaints.engine}
            onChange={(event) => set({ engineId: event.currentTarget.value })}
          />
          <Textarea
            className={classes.wide ?? ""}
            label="Description"
            autosize
            minRows={2}
            maxRows={8}
            value={draft.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
            maxLength={10_000}
          />
          <Textarea
            className={`${classes.wide} ${classes.mono}`}
            label="Program and arguments"
            description="One per line, without shell. Put an argument with several lines between two lines of ```."
            autosize
            minRows={3}
            maxRows={16}
            error={complaintAt(complaints, "spec.job.command")}
            {...text("command")}
          />
          <TextInput
            label="Container image"
            description="Leave empty if the engine already has the program"
            error={complaints["spec.job.image"]}
            {...text("image")}
          />
          <Textarea
            className={classes.mono ?? ""}
            label="Environment"
            description="NAME=value, one per line; no secrets"
            autosize
            minRows={2}
            maxRows={12}
            error={complaintAt(complaints, "spec.job.environment")}
            {...text("environment")}
          />
          <Textarea
            className={classes.mono ?? ""}
            label="Fixed parameters"
            description="name = value, one per line"
            autosize
            minRows={2}
            maxRows={12}
            error={complaintAt(complaints, "spec.job.parameters")}
            {...text("parameters")}
          />
        </div>
      </Panel>
      <Panel
        title="Parameters"
        subtitle="can be set on submit"
        right={
          <Button
            variant="default"
            size="xs"
            onClick={() => set({ parameters: [...draft.parameters, { ...newParameter }] })}
          >
            Add parameter
          </Button>
        }
        flush
      >
        {draft.parameters.length > 0 && (
          <div className={classes.parameters}>
            <FieldTable label="Parameters" heads={["Name", "Kind", "Default", "Choices", "Min", "Max"]} flush>
              {draft.parameters.map((parameter, at) => {
                const isNumber = parameter.kind === "number" || parameter.kind === "integer";
                type Field = "name" | "default" | "choices" | "min" | "max";
                const cell = (field: Field, label: string) => ({
                  "aria-label": `${label} of parameter ${at + 1}`,
                  value: parameter[field],
                  error:
                    complaints[`spec.parameters.${filledIn(draft.parameters).indexOf(parameter)}.${field}`] ??
                    (field === "default" ? complaints[`parameters.${parameter.name}`] : undefined),
                  onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) =>
                    setParameter(at, { [field]: event.currentTarget.value }),
                  autoComplete: "off",
                  spellCheck: false,
                });
                const values =
                  parameter.kind === "boolean"
                    ? ["false", "true"]
                    : parameter.kind === "choice"
                      ? readTexts(parameter.choices)
                      : undefined;
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a parameter that is typed has no identity but its place
                  <tr key={at}>
                    <td>
                      <TextInput {...cell("name", "Name")} />
                    </td>
                    <td>
                      <NativeSelect
                        aria-label={`Kind of parameter ${at + 1}`}
                        data={kinds}
                        value={parameter.kind}
                        onChange={(event) =>
                          setParameter(at, { kind: event.currentTarget.value as TemplateParameter["kind"] })
                        }
                      />
                    </td>
                    <td>
                      {values ? (
                        <NativeSelect
                          {...cell("default", "Default")}
                          data={values}
                          value={defaultOf(parameter)}
                          disabled={values.length === 0}
                        />
                      ) : (
                        <TextInput {...cell("default", "Default")} />
                      )}
                    </td>
                    <td>
                      {parameter.kind === "choice" ? (
                        <Textarea
                          {...cell("choices", "Choices")}
                          placeholder="one per line"
                          autosize
                          minRows={2}
                          maxRows={8}
                        />
                      ) : (
                        <TextInput {...cell("choices", "Choices")} disabled />
                      )}
                    </td>
                    <td>
                      <TextInput {...cell("min", "Minimum")} disabled={!isNumber} />
                    </td>
                    <td>
                      <TextInput {...cell("max", "Maximum")} disabled={!isNumber} />
                    </td>
                    <td>
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={`Remove parameter ${at + 1}`}
                        onClick={() => set({ parameters: draft.parameters.filter((_, other) => other !== at) })}
                      >
                        <IconTrash size={14} stroke={1.8} aria-hidden="true" />
                      </Button>
                    </td>
                  </tr>
                );
              })}
            </FieldTable>
          </div>
        )}
      </Panel>
      <Panel title="Machines, limits and result">
        <div className={classes.fields}>
          <TextInput label="Cores" error={complaints["spec.job.resources.cores"]} {...text("cores")} />
          <TextInput label="GPUs" error={complaints["spec.job.resources.gpus"]} {...text("gpus")} />
          <TextInput label="GPU type" {...text("gpuKind")} />
          <TextInput label="Memory in GB" error={complaints["spec.job.resources.memoryBytes"]} {...text("memoryGb")} />
          <TextInput label="Max hours" error={complaints["spec.job.limits.hours"]} {...text("hours")} />
          <TextInput
            label="Max cost"
            description="Empty: no limit"
            error={complaints["spec.job.limits.cost"]}
            {...text("cost")}
          />
          <TextInput
            label="Checkpoints kept"
            value={draft.keepLast}
            error={complaints["spec.job.checkpoints.keepLast"]}
            onChange={(event) => set({ keepLast: event.currentTarget.value })}
          />
          <TextInput
            label="Registers a version of"
            description="If empty, nothing is registered"
            value={draft.registerAs}
            error={complaints["spec.job.registerAs"]}
            onChange={(event) => set({ registerAs: event.currentTarget.value })}
          />
          <Checkbox
            label="Allow spot machines"
            checked={draft.job.spot}
            onChange={(event) => setJob({ spot: event.currentTarget.checked })}
          />
          <Checkbox
            label="Stop when a metric is NaN or infinite"
            checked={draft.stopOnNoNumber}
            onChange={(event) => set({ stopOnNoNumber: event.currentTarget.checked })}
          />
          <Checkbox
            label="Stop when a loss explodes"
            checked={draft.stopOnExploding}
            onChange={(event) => set({ stopOnExploding: event.currentTarget.checked })}
          />
        </div>
      </Panel>
    </TrainingForm>
  );
}
