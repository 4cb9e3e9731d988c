"use client";

import { IconUpload } from "@tabler/icons-react";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { UploadButton } from "#components/ui/upload-button.tsx";
import type { UploadAction } from "./upload-rows-form.tsx";

const UploadRowsForm = lazyDialog(() => import("./upload-rows-form.tsx").then((module) => module.UploadRowsForm));

interface UploadDatasetProps {
  /** Dataset that receives the version; if undefined, the form has a field for its name. */
  name?: string | undefined;
  /** Largest file that the browser may send. */
  maxBytes: number;
  /** Address of the REST interface, for larger files. */
  apiUrl: string;
  upload: UploadAction;
  /** The one primary button of the page. */
  primary?: boolean;
  /** Reason why it is disabled: "needs the role member". */
  why?: string | undefined;
}

/** Renders the button and dialog that create a version from a CSV, Parquet or Arrow file. */
export function UploadDataset({ why, primary, ...form }: UploadDatasetProps) {
  return (
    <UploadButton
      label="Upload data…"
      icon={<IconUpload size={15} stroke={1.8} aria-hidden="true" />}
      title={form.name ? `Upload a version of ${form.name}` : "Upload a dataset"}
      primary={primary}
      why={why}
    >
      {(title, close) => <UploadRowsForm {...form} title={title} onClose={close} />}
    </UploadButton>
  );
}
