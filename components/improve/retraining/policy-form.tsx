"use client";

import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type ChangeEvent, type ReactNode, useState } from "react";
import { presets } from "#components/release/rollouts/plan/plan-draft.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  CreateRetrainingPolicy,
  RetrainingPolicyDetails,
  UpdateRetrainingPolicy,
} from "#server/improve/retraining/policies/contract.ts";
import classes from "../training/forms.module.css";
import { TrainingForm } from "../training/training-form.tsx";
import { policyHref, retrainingPath } from "./addresses.ts";
import { type FieldProblems, missingIn, placeProblems } from "./field-problems.ts";
import { newPolicyDraft, type PolicyDraft, policyDraftOf, readPolicyDraft } from "./policy-draft.ts";

/** What the fields of the form offer. */
export interface PolicyOptions {
  models: string[];
  endpoints: string[];
  templates: string[];
  evaluationSets: { id: string; name: string }[];
  projects: { id: number; name: string }[];
}

interface PolicyFormProps {
  /** Policy that is changed; without it, one is created. */
  policy?: RetrainingPolicyDetails;
  options: PolicyOptions;
  create: (input: CreateRetrainingPolicy) => Promise<ActionState<{ model: string }>>;
  update: (input: UpdateRetrainingPolicy) => Promise<ActionState<{ model: string }>>;
  /** Reason why this user may not. */
  why: string | undefined;
}

type TextField = { [Key in keyof PolicyDraft]: PolicyDraft[Key] extends string ? Key : never }[keyof PolicyDraft];
type SwitchField = { [Key in keyof PolicyDraft]: PolicyDraft[Key] extends boolean ? Key : never }[keyof PolicyDraft];

/** Renders the form that creates a retraining policy or changes one. */
export function PolicyForm({ policy, options, create, update, why }: PolicyFormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState<PolicyDraft>(policy ? policyDraftOf(policy) : newPolicyDraft);
  const [missing, setMissing] = useState<FieldProblems>({});
  const { state, busy, run, reset } = useAction(async (typed: PolicyDraft) => {
    const { rules, plan } = readPolicyDraft(typed, policy);
    if (policy) return update({ model: policy.model, revision: policy.revision, rules, plan });
    return create({ model: typed.model, endpoint: typed.endpoint, rules, plan });
  });
  const { at, other } = placeProblems(state.fieldErrors);
  const problems = { ...at, ...missing };

  const set = (part: Partial<PolicyDraft>) => {
    reset();
    setMissing({});
    setDraft({ ...draft, ...part });
  };
  const shared = (field: TextField) => ({
    value: draft[field],
    error: problems[field],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => set({ [field]: event.currentTarget.value }),
  });
  const text = (field: TextField, label: string, description?: string) => (
    <TextInput {...shared(field)} label={label} description={description} autoComplete="off" spellCheck={false} />
  );
  const select = (field: TextField, label: string, data: Choice[], description?: string) => {
    // What a policy names already stays a choice, even if it is retired or beyond the list.
    const isListed = data.some(({ value }) => value === draft[field]);
    const all = isListed ? data : [...data, { value: draft[field], label: draft[field] }];
    return <NativeSelect {...shared(field)} label={label} description={description} data={all} />;
  };
  const check = (field: SwitchField, label: string) => (
    <Checkbox
      label={label}
      checked={draft[field]}
      onChange={(event) => set({ [field]: event.currentTarget.checked })}
    />
  );

  function submit() {
    if (why !== undefined) return;
    const found = missingIn(draft);
    setMissing(found);
    if (Object.keys(found).length > 0) return;
    run(draft, ({ model }) => {
      toast.done(policy ? `Policy of ${model} saved.` : `Policy of ${model} created. It is evaluated within minutes.`);
      router.push(policyHref(model));
    });
  }

  return (
    <TrainingForm
      label={policy ? `Edit the policy of ${policy.model}` : "Create a retraining policy"}
      onSubmit={submit}
      button={policy ? "Save changes" : "Create policy"}
      why={why}
      isBusy={busy}
      cancelHref={policy ? policyHref(policy.model) : retrainingPath}
    >
      <FormProblem state={other === "" ? state : { ...state, error: other }} />
      {!policy && (
        <Section title="Model" subtitle="one policy per model">
          {select("model", "Model", choices(options.models))}
          {select("endpoint", "Endpoint", choices(options.endpoints), "serves the model and receives the candidates")}
        </Section>
      )}
      <Section title="Triggers" subtitle="conditions that start a cycle">
        {select("combine", "Starts", [
          { value: "any", label: "when any of them is met" },
          { value: "all", label: "when all of them are met" },
        ])}
        <div className={classes.wide}>{check("hasDrift", "Drift that lasts")}</div>
        {draft.hasDrift && (
          <>
            {text("driftHours", "Hours", "shorter drift often passes")}
            {text("driftFeatures", "Features", "with commas between them; empty for all")}
          </>
        )}
        <div className={classes.wide}>{check("hasQuality", "Quality below a limit")}</div>
        {draft.hasQuality && (
          <>
            {select("qualitySource", "Source", [
              { value: "realised", label: "realised, from labels" },
              { value: "estimated", label: "estimated" },
            ])}
            {text("qualityMetric", "Metric", "accuracy, for example")}
            {text("qualityBelow", "Below", "0.95, for example")}
            {text("qualityWindows", "Windows", "in a row")}
          </>
        )}
        <div className={classes.wide}>{check("hasLabels", "New labels")}</div>
        {draft.hasLabels && text("newLabels", "Labels", "since the data of the deployed version ended")}
        <div className={classes.wide}>{check("hasSchedule", "Schedule")}</div>
        {draft.hasSchedule && (
          <>
            {text("cron", "Cron", "0 2 1 * * is 02:00 on the first of each month")}
            {text("timeZone", "Time zone", "Europe/Prague, for example")}
          </>
        )}
      </Section>
      <Section title="Conditions" subtitle="requirements for the newest labels">
        {text("labelsAtLeast", "Min labels", "complete ones")}
        {text("labelsPerClass", "Min labels per class")}
        {text("labelsComplete", "Min labelled rows, %")}
        {text("labelsOfOneSource", "Max share of one source, %")}
      </Section>
      <Section title="Limits">
        {text("cooldownHours", "Cooldown, hours", "after a cycle; doubled after each rejection")}
        {text("maxPer30Days", "Max cycles in 30 days")}
        {text("costPerCycle", "Max cost per cycle", "empty for no limit")}
        {text("maxAgeHours", "Max age, hours", "after which a cycle expires")}
      </Section>
      <Section title="Training">
        {select("dataKind", "Trains on", [
          { value: "dataset", label: "newest version of a dataset" },
          { value: "training-set", label: "training set, refreshed" },
          { value: "labels", label: "labels of a project" },
        ])}
        {draft.dataKind === "labels" &&
          select(
            "project",
            "Label project",
            choices(options.projects.map(({ id, name }) => ({ value: String(id), label: name }))),
          )}
        {text("dataset", draft.dataKind === "training-set" ? "Training set" : "Dataset")}
        {select("template", "Job template", choices(options.templates))}
        {text("datasetInJob", "Name of the data in the job", "by which the program finds its dataset")}
      </Section>
      <Section title="Acceptance" subtitle="candidate and deployed version on the same rows">
        {select(
          "frozenSet",
          "Frozen set",
          choices(options.evaluationSets.map(({ id, name }) => ({ value: id, label: name }))),
          "evaluation set that is not used for training",
        )}
        {text("freshSet", "Fresh sets", "name of evaluation sets of new rows; empty: the canary decides")}
        {text("marginPoints", "Margin, points", "that it may lose on the frozen set")}
      </Section>
      <Section title="Release">
        {select("rollout", "Rollout plan", [
          ...(policy ? [{ value: "", label: "as it is now" }] : []),
          ...Object.values(presets).map(({ name, words }) => ({ value: name, label: `${name}: ${words}` })),
        ])}
        {check("needsApproval", "A person approves each candidate before its canary")}
      </Section>
    </TrainingForm>
  );
}

type Choice = { value: string; label: string };

/** Options of a select that begins with none chosen. */
function choices(values: readonly (string | Choice)[]): Choice[] {
  const options = values.map((value) => (typeof value === "string" ? { value, label: value } : value));
  return [{ value: "", label: "Choose…" }, ...options];
}

function Section({ title, subtitle, children }: { title: string; subtitle?: string; children: ReactNode }) {
  return (
    <Panel title={title} subtitle={subtitle}>
      <div className={classes.fields}>{children}</div>
    </Panel>
  );
}
