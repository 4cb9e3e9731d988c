"use client";

import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SweepPreview } from "#server/improve/training/fit/contract.ts";
import type { StartSweep } from "#server/improve/training/sweeps/contract.ts";
import { sweepHref, sweepsPath } from "../addresses.ts";
import classes from "../forms.module.css";
import { EngineChoice } from "../submit/engine-choice.tsx";
import type { TemplateChoice } from "../submit/job-draft.ts";
import { usePreview } from "../submit/use-preview.ts";
import { TrainingForm } from "../training-form.tsx";
import { ParameterRows } from "./parameter-rows.tsx";
import { draftOfTemplate, readSweepDraft, type SweepDraft, sweepProblems, withKind } from "./sweep-draft.ts";
import { SweepSummary } from "./sweep-summary.tsx";

interface SweepFormProps {
  /** At least one. */
  templates: readonly [TemplateChoice, ...TemplateChoice[]];
  /** Name of the one that the form begins with. */
  template: string;
  /** Engine for templates that name none. */
  engine: string;
  start: (input: StartSweep) => Promise<ActionState<{ id: string; name: string }>>;
  preview: (input: StartSweep) => Promise<ActionState<SweepPreview>>;
  actorName: string;
  why: string | undefined;
}

/** Renders the form that starts a sweep, with a summary of its hours and money that follows each change. */
export function SweepForm(props: SweepFormProps) {
  const { templates, actorName, why } = props;
  const router = useRouter();
  const named = (name: string) => templates.find((each) => each.name === name) ?? templates[0];
  const [draft, setDraft] = useState(() => draftOf(named(props.template), props.engine));
  const { state, busy, run, reset } = useAction(props.start);
  const template = named(draft.template);
  const input = readSweepDraft(draft, template);
  const problems = sweepProblems(draft, template);
  const firstProblem = Object.values(problems)[0];
  const { preview, refusal } = usePreview(firstProblem === undefined ? input : undefined, props.preview);
  const complaints: Record<string, string> = state.fieldErrors ?? {};
  const engine = preview?.engines.find(({ name }) => name === draft.engine);
  const problem = firstProblem ?? refusal;
  const set = (part: Partial<SweepDraft>) => {
    reset();
    setDraft({ ...draft, ...part });
  };
  const cannot = why ?? firstProblem ?? engine?.problem ?? undefined;

  function submit() {
    if (cannot !== undefined) return;
    run(input, ({ id, name }) => {
      toast.done(`Started ${name}.`);
      router.push(sweepHref(id));
    });
  }

  type TextField = "trials" | "maxParallel" | "seed" | "first" | "factor" | "last";
  const field = (name: TextField, path: string) => ({
    value: draft[name],
    error: problems[name] ?? complaints[path],
    inputMode: "numeric" as const,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [name]: event.currentTarget.value }),
    autoComplete: "off",
  });

  return (
    <TrainingForm
      label="Start a sweep"
      onSubmit={submit}
      button={busy ? "Starting…" : "Start sweep"}
      why={cannot}
      isBusy={busy}
      cancelHref={sweepsPath}
      beside={<span className="lw-small lw-quiet">Recorded in the audit log as {actorName}</span>}
    >
      <FormProblem state={state} />
      <Columns columns="minmax(0, 1fr) 348px">
        <Stack>
          <Panel title="Sweep">
            <div className={classes.fields}>
              <NativeSelect
                label="Template"
                data={templates.map(({ name, revision }) => ({ value: name, label: `${name}, revision ${revision}` }))}
                value={draft.template}
                error={complaints.template}
                onChange={(event) => {
                  reset();
                  setDraft(draftOf(named(event.currentTarget.value), draft.engine));
                }}
              />
              <TextInput
                label="Name"
                description={`Empty: “${template.name} sweep”`}
                value={draft.name}
                error={complaints.name}
                onChange={(event) => set({ name: event.currentTarget.value })}
                autoComplete="off"
                maxLength={200}
              />
              <TextInput
                label="Experiment"
                description="Created if it does not exist."
                value={draft.experiment}
                error={complaints.experiment}
                onChange={(event) => set({ experiment: event.currentTarget.value })}
                maxLength={200}
              />
              <NativeSelect
                label="Priority"
                data={["normal", "low"]}
                value={draft.priority}
                onChange={(event) => set({ priority: event.currentTarget.value as SweepDraft["priority"] })}
              />
            </div>
          </Panel>
          <Panel title="Parameters" subtitle={`of ${template.name}`} flush>
            <ParameterRows
              parameters={template.parameters}
              draft={draft}
              complaints={parameterComplaints(template, { ...complaints, ...problems })}
              onChange={(parameters) => set({ parameters })}
            />
          </Panel>
          <Panel title="Trials">
            <div className={classes.fields}>
              <NativeSelect
                label="Search"
                data={[
                  { value: "random", label: "values drawn at random" },
                  { value: "grid", label: "every combination" },
                ]}
                value={draft.kind}
                onChange={(event) => {
                  reset();
                  setDraft(withKind(draft, event.currentTarget.value as SweepDraft["kind"]));
                }}
              />
              {draft.kind === "random" && <TextInput label="Trials" {...field("trials", "sweep.trials")} />}
              <TextInput label="Max parallel trials" {...field("maxParallel", "sweep.maxParallel")} />
              {draft.kind === "random" && (
                <TextInput
                  label="Seed"
                  description="The same seed draws the same trials."
                  {...field("seed", "sweep.seed")}
                />
              )}
              <TextInput
                label="Metric"
                description="As the program logs it"
                value={draft.metric}
                error={problems.metric ?? complaints["sweep.metric"]}
                onChange={(event) => set({ metric: event.currentTarget.value })}
                autoComplete="off"
                spellCheck={false}
                maxLength={200}
              />
              <NativeSelect
                label="Better is"
                data={[
                  { value: "max", label: "higher" },
                  { value: "min", label: "lower" },
                ]}
                value={draft.goal}
                onChange={(event) => set({ goal: event.currentTarget.value as SweepDraft["goal"] })}
              />
              <Checkbox
                className={classes.wide ?? ""}
                label="Stop poor trials early"
                description="Programs must log the metric with steps. Saved files are kept."
                checked={draft.hasHalving}
                onChange={(event) => set({ hasHalving: event.currentTarget.checked })}
              />
              {draft.hasHalving && (
                <>
                  <TextInput label="First compared at step" {...field("first", "sweep.halving.first")} />
                  <TextInput
                    label="Keep 1 in"
                    description="Each comparison step is this many times the previous one."
                    {...field("factor", "sweep.halving.factor")}
                  />
                  <TextInput label="Never ended from step" {...field("last", "sweep.halving.last")} />
                </>
              )}
            </div>
          </Panel>
          <Panel title="Engine">
            {preview ? (
              <EngineChoice
                engines={preview.engines}
                value={draft.engine}
                onChange={(name) => set({ engine: name })}
                error={complaints.engine}
              />
            ) : (
              <p className="lw-muted">{problem ?? "Checking which engines can run it…"}</p>
            )}
          </Panel>
        </Stack>
        <SweepSummary engine={engine} preview={preview} problem={problem} />
      </Columns>
    </TrainingForm>
  );
}

const draftOf = (template: TemplateChoice, engine: string) => draftOfTemplate(template, template.engine ?? engine);

/** Complaints by the parameter that they are about, of the form and of the server. */
function parameterComplaints(
  { parameters }: TemplateChoice,
  complaints: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap(({ name }) => {
      const key = Object.keys(complaints).find(
        (each) =>
          each === `parameters.${name}` || each === `sweep.space.${name}` || each.startsWith(`sweep.space.${name}.`),
      );
      return key === undefined ? [] : [[name, complaints[key] ?? ""]];
    }),
  );
}
