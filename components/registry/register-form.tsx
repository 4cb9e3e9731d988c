"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useState, useTransition } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { FileField } from "#components/ui/file-field.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import classes from "./register-form.module.css";

/** Registers what the form holds: "name", "description", "file". */
export type RegisterAction = (form: FormData) => Promise<ActionState<{ label: string; href: string }>>;

interface RegisterFormProps {
  title: ReactNode;
  modelName?: string | undefined;
  maxBytes: number;
  apiUrl: string;
  register: RegisterAction;
  onClose: () => void;
}

/** Name, file, description; what is wrong with the file is said beside it and nothing is registered. */
export function RegisterForm({ title, modelName, maxBytes, apiUrl, register, onClose }: RegisterFormProps) {
  const router = useRouter();
  const [name, setName] = useState(modelName ?? "");
  const [description, setDescription] = useState("");
  const [file, setFile] = useState<File>();
  const [state, setState] = useState<ActionState<unknown>>({ ok: true });
  const [busy, start] = useTransition();
  const tooLarge = file !== undefined && file.size > maxBytes;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy || tooLarge) return;
    if (!file) {
      setState({ ok: false, error: "Choose an ONNX file." });
      return;
    }
    const form = new FormData();
    form.set("name", name);
    form.set("description", description);
    form.set("file", file);
    start(async () => {
      const answer = await register(form).catch(() => lost);
      setState(answer);
      if (!answer.ok || !answer.data) return;
      toast.done(`${answer.data.label} was registered.`);
      onClose();
      router.push(answer.data.href);
    });
  }

  return (
    <form className={classes.root} onSubmit={submit} noValidate>
      <div className={classes.body}>
        {title}
        {modelName === undefined && (
          <TextInput
            label="Model"
            description="A model of this name is made when there is none."
            placeholder="parcel-damage"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={state.fieldErrors?.name}
            required
            withAsterisk={false}
            data-autofocus
          />
        )}
        <FileField
          label="ONNX file"
          file={file}
          onChange={(chosen) => {
            setFile(chosen);
            setState({ ok: true });
          }}
          error={tooLarge ? undefined : state.error}
        />
        {tooLarge && file && (
          <div className={classes.large} role="alert">
            <p>
              {file.name} has {formatBytes(file.size)}; a browser may send up to {formatBytes(maxBytes)}. Send it from a
              command line, with a token that has the scope “registry”:
            </p>
            <CodeBlock examples={[{ label: "curl", code: uploadCommand(apiUrl, name, file.name) }]} />
          </div>
        )}
        <Textarea
          label="What is new in it"
          rows={2}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={state.fieldErrors?.description}
        />
      </div>
      <div className={classes.foot}>
        <span className={classes.note} role="status">
          {busy ? "Sending the file and opening it…" : "The file is opened before anything is registered."}
        </span>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={busy || tooLarge}>
          {busy ? "Registering…" : "Register version"}
        </Button>
      </div>
    </form>
  );
}

const lost: ActionState<never> = {
  ok: false,
  error: "The file did not arrive: the connection was lost, or the file is too large. Nothing was registered.",
};

function uploadCommand(apiUrl: string, name: string, file: string): string {
  const model = encodeURIComponent(name || "parcel-damage");
  return [
    `curl -X POST ${apiUrl}/models/${model}/versions \\`,
    '  -H "Authorization: Bearer $LEEWAY_TOKEN" \\',
    '  -H "Content-Type: application/octet-stream" \\',
    `  --data-binary @${JSON.stringify(file)}`,
  ].join("\n");
}
