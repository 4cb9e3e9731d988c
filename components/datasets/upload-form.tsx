"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type ReactNode, type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { FileField } from "#components/ui/file-field.tsx";
import { formatBytes, plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { DatasetUpload } from "#server/datasets/contract.ts";
import { datasetHref } from "./dataset-href.ts";
import classes from "./upload-form.module.css";
import { useReading } from "./use-reading.ts";

/** Sends what the form holds: "name", "note", "file". */
export type UploadAction = (form: FormData) => Promise<ActionState<DatasetUpload>>;

interface UploadFormProps {
  title: ReactNode;
  name?: string | undefined;
  maxBytes: number;
  apiUrl: string;
  upload: UploadAction;
  onClose: () => void;
}

/** Name, file and note; then how far the file is read, and the version it became or what is wrong with it. */
export function UploadForm({ title, name: given, maxBytes, apiUrl, upload, onClose }: UploadFormProps) {
  const router = useRouter();
  const sending = useAction(upload);
  const [name, setName] = useState(given ?? "");
  const [note, setNote] = useState("");
  const [file, setFile] = useState<File>();
  const [problem, setProblem] = useState<string>();
  const tooLarge = file !== undefined && file.size > maxBytes;

  const reading = useReading({
    onDone: ({ name, digest, rowsRead }) => {
      toast.done(`Version ${digest} of ${name} has ${plural(rowsRead, "row")}.`);
      onClose();
      router.push(datasetHref(name, digest ?? undefined));
    },
    onFailed: setProblem,
  });
  const busy = sending.busy || reading.upload !== undefined;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy || tooLarge) return;
    if (!file) return setProblem("Choose a CSV or Parquet file.");
    setProblem(undefined);
    const form = new FormData();
    form.set("name", name);
    form.set("note", note);
    form.set("file", file);
    sending.run(form, reading.watch);
  }

  return (
    <form onSubmit={submit} noValidate>
      <div className={classes.body}>
        {title}
        {given === undefined && (
          <TextInput
            label="Dataset"
            description="A dataset of this name is made when there is none."
            placeholder="parcel-photos"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={sending.state.fieldErrors?.name}
            required
            withAsterisk={false}
            data-autofocus
          />
        )}
        <FileField
          label="CSV or Parquet file"
          file={file}
          onChange={(chosen) => {
            setFile(chosen);
            setProblem(undefined);
            sending.reset();
          }}
          error={tooLarge ? undefined : (problem ?? sending.state.error ?? sending.state.fieldErrors?.fileName)}
        />
        {tooLarge && file && (
          <div className={classes.large} role="alert">
            <p>
              {file.name} has {formatBytes(file.size)}; a browser may send up to {formatBytes(maxBytes)}. Send it from a
              command line, with a token that has the scope “tracking”:
            </p>
            <CodeBlock examples={[{ label: "curl", code: uploadCommand(apiUrl, name, file.name) }]} />
          </div>
        )}
        <Textarea
          label="What is new in it"
          rows={2}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          error={sending.state.fieldErrors?.note}
        />
      </div>
      <div className={classes.foot}>
        <span className={classes.note} role="status">
          {sending.busy ? "Sending the file…" : wordsOf(reading.upload)}
        </span>
        <Button variant="default" onClick={onClose}>
          {reading.upload ? "Close" : "Cancel"}
        </Button>
        <Button type="submit" aria-disabled={busy || tooLarge}>
          {busy ? "Reading…" : "Upload"}
        </Button>
      </div>
    </form>
  );
}

function wordsOf(upload: { state: string; rowsRead: number } | undefined): string {
  if (!upload) return "The same rows, in any order and format, are the same version.";
  if (upload.state === "waiting") return "The file has arrived and waits to be read.";
  return `Reading: ${plural(upload.rowsRead, "row")} so far. It goes on when you close this.`;
}

function uploadCommand(apiUrl: string, name: string, file: string): string {
  const dataset = encodeURIComponent(name || "parcel-photos");
  return [
    `curl -X POST "${apiUrl}/datasets/${dataset}/uploads?fileName=${encodeURIComponent(file)}" \\`,
    '  -H "Authorization: Bearer $LEEWAY_TOKEN" \\',
    '  -H "Content-Type: application/octet-stream" \\',
    `  --data-binary @${JSON.stringify(file)}`,
  ].join("\n");
}
