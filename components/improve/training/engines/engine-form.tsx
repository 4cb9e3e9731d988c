"use client";

import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type ChangeEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { helpHref } from "#components/ui/help-target.ts";
import { Link } from "#components/ui/link.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { type EngineKind, type EngineSettings, engineKinds, runtimeKinds } from "#server/improve/training/contract.ts";
import type { CreateEngine, UpdateEngine } from "#server/improve/training/engines/contract.ts";
import { enginesPath } from "../addresses.ts";
import classes from "../forms.module.css";
import { engineKindLabels } from "../jobs/job-labels.ts";
import { TrainingForm } from "../training-form.tsx";
import {
  type EngineDraft,
  engineDraftOf,
  fieldsOfKind,
  isShown,
  needsSecretAgain,
  newEngineDraft,
  readEngineSecret,
  readEngineSettings,
} from "./engine-draft.ts";

interface EngineFormProps {
  /** Engine that is changed; without it, one is added. */
  engine?: { name: string; settings: EngineSettings; hasSecret: boolean };
  save: (input: CreateEngine) => Promise<ActionState<{ name: string }>>;
  update: (input: UpdateEngine) => Promise<ActionState<{ name: string }>>;
  /** Whether jobs may run on the machine of Leeway. */
  allowsLocal: boolean;
  /** Reason why this user may not. */
  why: string | undefined;
}

type Field = (typeof fieldsOfKind)[EngineKind][number];

const labels: Record<Field, { label: string; description?: string; placeholder?: string }> = {
  address: { label: "Address", placeholder: "http://ray-head:8265" },
  maxJobs: { label: "Max jobs", description: "at the same time" },
  cores: { label: "Cores", description: "defaults to half of the machine’s" },
  hours: { label: "Max hours", description: "of a job" },
  namespace: { label: "Namespace" },
  queue: { label: "Queue", description: "LocalQueue of Kueue; empty for none" },
  image: { label: "Image", description: "for jobs without an image" },
  runtime: { label: "Training runtime", description: "of Kubeflow Trainer, for TrainJobs; empty for Jobs" },
  runtimeKind: { label: "Runtime kind" },
  user: { label: "User", description: "jobs run as this user" },
  partition: { label: "Partition", description: "defaults to the default partition" },
  account: { label: "Account", description: "defaults to the default partition" },
  workingFolder: { label: "Working folder", description: "on the file system of the cluster" },
};

const secretLabels: Record<EngineKind, { label: string; description: string } | undefined> = {
  local: undefined,
  ray: { label: "Token", description: "Sent with every request; leave it empty if Ray requires none." },
  kubernetes: { label: "Kubeconfig", description: "If empty, the service account of Leeway’s pod is used." },
  slurm: { label: "Token", description: "JSON web token of the user, from scontrol token." },
};

/** Renders the form that adds an engine or changes it. */
export function EngineForm({ engine, save, update, allowsLocal, why }: EngineFormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState<EngineDraft>(
    engine
      ? engineDraftOf(engine.name, engine.settings)
      : allowsLocal
        ? newEngineDraft
        : { ...newEngineDraft, name: "", kind: "ray", maxJobs: "16" },
  );
  const { state, busy, run, reset } = useAction(async (typed: EngineDraft) => {
    const settings = readEngineSettings(typed, engine?.settings);
    if (engine) return update({ engine: engine.name, settings, ...readEngineSecret(typed) });
    return save({ name: typed.name, settings, ...(typed.secret !== "" && { secret: typed.secret }) });
  });
  const complaints = state.fieldErrors ?? {};
  const set = (part: Partial<EngineDraft>) => {
    reset();
    setDraft({ ...draft, ...part });
  };
  const secret = secretLabels[draft.kind];
  const placeholder = needsSecretAgain(draft, engine)
    ? "enter it again for the new address"
    : engine?.hasSecret
      ? "stored; type to replace it"
      : undefined;

  function submit() {
    if (why !== undefined) return;
    run(draft, ({ name }) => {
      toast.done(engine ? `Changed ${name}.` : `Added ${name}. The worker is checking its resources.`);
      router.push(enginesPath);
    });
  }

  return (
    <TrainingForm
      label={engine ? `Change ${engine.name}` : "Add an engine"}
      onSubmit={submit}
      button={engine ? "Save changes" : "Add engine"}
      why={why}
      isBusy={busy}
      cancelHref={enginesPath}
    >
      <FormProblem state={state} />
      <div className={classes.fields}>
        {!engine && (
          <>
            <NativeSelect
              label="Kind"
              data={engineKinds.map((kind) => ({
                value: kind,
                label: kind === "local" && !allowsLocal ? "this machine: off (LOCAL_TRAINING)" : engineKindLabels[kind],
                disabled: kind === "local" && !allowsLocal,
              }))}
              value={draft.kind}
              error={complaints.settings ?? complaints["settings.kind"]}
              onChange={(event) => set({ kind: event.currentTarget.value as EngineKind })}
            />
            <TextInput
              label="Name"
              description="Lower-case letters, digits and hyphens"
              value={draft.name}
              error={complaints.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              autoComplete="off"
              spellCheck={false}
              maxLength={63}
            />
          </>
        )}
        {fieldsOfKind[draft.kind]
          .filter((field) => isShown(field, draft))
          .map((field) => {
            const shared = {
              ...labels[field],
              value: draft[field],
              error: complaints[`settings.${field}`],
              onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
                set({ [field]: event.currentTarget.value }),
            };
            return field === "runtimeKind" ? (
              <NativeSelect key={field} {...shared} data={runtimeKinds} />
            ) : (
              <TextInput key={field} {...shared} autoComplete="off" spellCheck={false} />
            );
          })}
        {secret &&
          (draft.kind === "kubernetes" ? (
            <Textarea
              {...secret}
              autosize
              minRows={3}
              maxRows={12}
              placeholder={placeholder}
              disabled={draft.removesSecret}
              value={draft.secret}
              error={complaints.secret}
              onChange={(event) => set({ secret: event.currentTarget.value })}
              spellCheck={false}
            />
          ) : (
            <PasswordInput
              {...secret}
              placeholder={placeholder}
              disabled={draft.removesSecret}
              value={draft.secret}
              error={complaints.secret}
              onChange={(event) => set({ secret: event.currentTarget.value })}
              autoComplete="off"
            />
          ))}
        {secret && engine?.hasSecret && (
          <Checkbox
            label={`Remove the stored ${secret.label.toLowerCase()}`}
            checked={draft.removesSecret}
            onChange={(event) => set({ removesSecret: event.currentTarget.checked })}
          />
        )}
      </div>
      {draft.kind === "local" && (
        <p className="lw-muted">
          Jobs on this machine have the rights of Leeway’s worker: they can read its files. Allow this only for people
          you trust.
        </p>
      )}
      {draft.kind !== "local" && (
        <p className="lw-muted">
          The machines of an engine must be able to reach Leeway at its public address.{" "}
          <Link href={helpHref("training#engines")}>About engines</Link>
        </p>
      )}
    </TrainingForm>
  );
}
