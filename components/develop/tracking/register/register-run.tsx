"use client";

import { Button, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { IconBox } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useQuery } from "#components/ui/queries.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { readJson } from "#components/ui/wire.ts";
import type { RegisterFromRun } from "#server/develop/registry/versions/contract.ts";
import type { RunFiles } from "#server/develop/tracking/compare/contract.ts";
import type { LoggedModel } from "#server/develop/tracking/models/contract.ts";
import classes from "../small-form.module.css";
import { listRegistrable, type Registrable } from "./registrable.ts";

export type RegisterRunAction = (input: RegisterFromRun) => Promise<ActionState<{ label: string; href: string }>>;

interface RegisterDialogProps {
  /** The run; undefined closes the dialog. */
  run: { id: string; name: string } | undefined;
  /** Suggested name of the model. */
  modelName: string;
  register: RegisterRunAction;
  onClose: () => void;
}

/** Registers a logged model of a run, or one of its ONNX files, as a version of a model. */
export function RegisterDialog({ run, onClose, ...form }: RegisterDialogProps) {
  return (
    <Modal
      opened={run !== undefined}
      onClose={onClose}
      title={`Register a model of ${run?.name ?? ""}`}
      size={460}
      yOffset="14vh"
    >
      {run && <Form {...form} run={run} onClose={onClose} />}
    </Modal>
  );
}

function Form({ run, modelName, register, onClose }: RegisterDialogProps & { run: { id: string; name: string } }) {
  const found = useRegistrable(run.id);
  const router = useRouter();
  const action = useAction(register);
  const [chosen, setChosen] = useState<string>();
  if (found.error) {
    return <FailedState title="Could not list the models of the run">{found.error.message}</FailedState>;
  }
  if (!found.data) return <SkeletonRows rows={3} height={32} />;
  const [first] = found.data;
  if (!first) return <NothingToRegister name={run.name} />;
  const choice = found.data.find(({ key }) => key === chosen) ?? first;
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, description] = [String(form.get("name")).trim(), String(form.get("description"))];
    action.run({ name, description, runId: run.id, ...choice.source }, ({ label, href }) => {
      toast.done(`${label} registered.`);
      onClose();
      router.push(href);
    });
  }
  const { fieldErrors = {} } = action.state;
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={action.state} />
      <NativeSelect
        label="Model or file"
        value={choice.key}
        data={found.data.map(({ key, label }) => ({ value: key, label }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <TextInput
        name="name"
        label="Model"
        description="If no model has this name, it is created."
        defaultValue={modelName}
        required
        error={fieldErrors.name}
        data-autofocus
      />
      <Textarea name="description" label="Description" autosize minRows={2} error={fieldErrors.description} />
      <p className="lw-small lw-quiet">The files are inspected after the version is registered.</p>
      <Button type="submit" aria-disabled={action.busy}>
        {action.busy ? "Registering…" : "Register version"}
      </Button>
    </form>
  );
}

function NothingToRegister({ name }: { name: string }) {
  return (
    <p>
      {name} logged no model and no ONNX file. Log one with <code>mlflow.onnx.log_model</code>, or upload an ONNX file
      on the page of a model.
    </p>
  );
}

function useRegistrable(runId: string) {
  return useQuery({
    queryKey: ["run", runId, "registrable"],
    queryFn: async (): Promise<Registrable[]> => {
      const [{ models }, { files }] = await Promise.all([
        readJson<{ models: LoggedModel[] }>(`/api/v1/runs/${runId}/models`),
        readJson<RunFiles>(`/api/v1/runs/${runId}/files`),
      ]);
      return listRegistrable(models, files);
    },
  });
}

interface RegisterButtonProps extends Omit<RegisterDialogProps, "onClose" | "run"> {
  run: { id: string; name: string };
  /** "Register model…", or with the name of the run. */
  label: string;
  /** Reason why nothing can be registered: "needs the role member". */
  why: string | undefined;
  primary?: boolean;
  size?: "xs" | "sm";
}

/** Renders a button that opens the dialog for one run. */
export function RegisterButton({ run, label, why, primary = false, size = "sm", ...form }: RegisterButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size={size}
        variant={primary ? "filled" : "default"}
        leftSection={<IconBox size={15} stroke={1.8} aria-hidden="true" />}
        disabled={why !== undefined}
        title={why}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      <RegisterDialog {...form} run={isOpen ? run : undefined} onClose={() => setOpen(false)} />
    </>
  );
}
