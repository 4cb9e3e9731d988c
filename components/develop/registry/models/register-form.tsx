"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { type Upload, UploadForm, uploadCommand } from "#components/ui/upload-form.tsx";

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

/** Asks for name, file and description; problems of the file are shown next to it, and nothing is registered then. */
export function RegisterForm({ title, modelName, maxBytes, apiUrl, register, onClose }: RegisterFormProps) {
  const router = useRouter();
  const [state, setState] = useState<ActionState<unknown>>({ ok: true });
  const [busy, start] = useTransition();

  function submit({ name, note, file }: Upload) {
    const form = new FormData();
    form.set("name", name);
    form.set("description", note);
    form.set("file", file);
    start(async () => {
      const result = await register(form).catch(() => lost);
      setState(result);
      if (!result.ok || !result.data) return;
      toast.done(`${result.data.label} registered.`);
      onClose();
      router.push(result.data.href);
    });
  }

  return (
    <UploadForm
      title={title}
      name={{
        label: "Model",
        description: "If no model has this name, it is created.",
        placeholder: "parcel-damage",
        given: modelName,
      }}
      file={{ label: "ONNX file", missing: "Choose an ONNX file." }}
      limit={{
        maxBytes,
        scope: "registry",
        command: (name, file) => uploadCommand(`${apiUrl}/models/${encodeURIComponent(name)}/versions`, file),
      }}
      status={busy ? "Uploading and validating…" : "The file is validated before it is registered."}
      submitLabel={busy ? "Registering…" : "Register version"}
      closeLabel="Cancel"
      busy={busy}
      errors={{ name: state.fieldErrors?.name, note: state.fieldErrors?.description, file: state.error }}
      onChoose={() => setState({ ok: true })}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}

const lost: ActionState<never> = {
  ok: false,
  error: "Upload failed: the connection was lost or the file is too large. Nothing was registered.",
};
