"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import { UploadForm, uploadCommand } from "#components/ui/upload-form.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { DatasetUpload } from "#server/develop/datasets/contract.ts";
import { datasetHref } from "../addresses/dataset-href.ts";
import { useReading } from "./use-reading.ts";

/** Sends what the form holds: "name", "note", "file". */
export type UploadAction = (form: FormData) => Promise<ActionState<DatasetUpload>>;

interface UploadRowsFormProps {
  title: ReactNode;
  name?: string | undefined;
  maxBytes: number;
  apiUrl: string;
  upload: UploadAction;
  onClose: () => void;
  /** Called with the version; by default its page is opened. */
  onDone?: (version: { dataset: string; digest: string }) => void;
}

/** Renders the name, file and note; then the progress, and the resulting version or the errors. */
export function UploadRowsForm({ title, name, maxBytes, apiUrl, upload, onClose, onDone }: UploadRowsFormProps) {
  const router = useRouter();
  const sending = useAction(upload);
  const [problem, setProblem] = useState<string>();
  const reading = useReading({
    onDone: ({ name, digest, rowsRead }) => {
      toast.done(`Version ${digest} of ${name} created with ${plural(rowsRead, "row")}.`);
      onClose();
      if (onDone && digest) onDone({ dataset: name, digest });
      else router.push(datasetHref(name, digest ?? undefined));
    },
    onFailed: setProblem,
  });
  const busy = sending.busy || reading.upload !== undefined;
  const { error, fieldErrors } = sending.state;
  return (
    <UploadForm
      title={title}
      name={{
        label: "Dataset",
        description: "If no dataset has this name, it is created.",
        placeholder: "parcel-photos",
        given: name,
      }}
      file={{ label: "CSV, Parquet or Arrow file", missing: "Choose a CSV, Parquet or Arrow file." }}
      limit={{
        maxBytes,
        scope: "tracking",
        command: (name, file) =>
          uploadCommand(
            `${apiUrl}/datasets/${encodeURIComponent(name)}/uploads?fileName=${encodeURIComponent(file)}`,
            file,
          ),
      }}
      status={sending.busy ? "Uploading…" : wordsOf(reading.upload)}
      submitLabel={busy ? "Reading…" : "Upload"}
      closeLabel={reading.upload ? "Close" : "Cancel"}
      busy={busy}
      errors={{ name: fieldErrors?.name, note: fieldErrors?.note, file: problem ?? error ?? fieldErrors?.fileName }}
      onChoose={() => {
        setProblem(undefined);
        sending.reset();
      }}
      onSubmit={({ name, note, file }) => {
        setProblem(undefined);
        const form = new FormData();
        form.set("name", name);
        form.set("note", note);
        form.set("file", file);
        sending.run(form, reading.watch);
      }}
      onClose={onClose}
    />
  );
}

function wordsOf(upload: { state: string; rowsRead: number } | undefined): string {
  if (!upload) return "The same rows in any order or format produce the same version.";
  if (upload.state === "waiting") return "Upload complete, waiting to be processed.";
  return `Processing: ${plural(upload.rowsRead, "row")} so far. You can close this dialog.`;
}
