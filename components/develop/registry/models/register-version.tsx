"use client";

import { IconPlus } from "@tabler/icons-react";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { UploadButton } from "#components/ui/upload-button.tsx";
import type { RegisterAction } from "./register-form.tsx";

const RegisterForm = lazyDialog(() => import("./register-form.tsx").then((module) => module.RegisterForm));

interface RegisterVersionProps {
  /** Model that receives the version; if undefined, the form has a field for its name. */
  modelName?: string | undefined;
  /** Largest file that the browser may send. */
  maxBytes: number;
  /** Address of the REST interface, for larger files. */
  apiUrl: string;
  register: RegisterAction;
  /** The one primary button of the page. */
  primary?: boolean;
  /** Reason why it is disabled: "needs the role member". */
  why?: string | undefined;
}

/** Renders the button and dialog that register an ONNX file as a version. */
export function RegisterVersion({ primary, why, ...form }: RegisterVersionProps) {
  return (
    <UploadButton
      label="Register version…"
      icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
      title={form.modelName ? `Register a version of ${form.modelName}` : "Register a version"}
      primary={primary}
      why={why}
    >
      {(title, close) => <RegisterForm {...form} title={title} onClose={close} />}
    </UploadButton>
  );
}
