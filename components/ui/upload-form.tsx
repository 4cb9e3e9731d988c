"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { CodeBlock } from "./code-block.tsx";
import { FileField } from "./file-field.tsx";
import { formatBytes } from "./format.ts";
import classes from "./upload-form.module.css";

export interface Upload {
  name: string;
  note: string;
  file: File;
}

interface UploadFormProps {
  title: ReactNode;
  /** Name of the item that the file becomes a version of; with `given`, the form has no field for it. */
  name: { label: string; description: string; placeholder: string; given: string | undefined };
  /** "CSV or Parquet file", and what to say without one. */
  file: { label: string; missing: string };
  /** Size limit of the browser upload; larger files are sent from a command line, with a token of this scope. */
  limit: { maxBytes: number; scope: string; command: (name: string, file: string) => string };
  /** Description of what is in progress or will happen. */
  status: string;
  submitLabel: string;
  closeLabel: string;
  busy: boolean;
  errors: { name?: string | undefined; note?: string | undefined; file?: string | undefined };
  /** Called when another file is selected, to clear the errors of the previous one. */
  onChoose: () => void;
  onSubmit: (upload: Upload) => void;
  onClose: () => void;
}

/** Renders the name, the file and a note about its changes as a form. */
export function UploadForm({
  name: subject,
  file: requestedFile,
  limit,
  errors,
  busy,
  onClose,
  ...props
}: UploadFormProps) {
  const [name, setName] = useState(subject.given ?? "");
  const [note, setNote] = useState("");
  const [file, setFile] = useState<File>();
  const [isMissing, setMissing] = useState(false);
  const tooLarge = file !== undefined && file.size > limit.maxBytes;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy || tooLarge) return;
    if (file) props.onSubmit({ name, note, file });
    else setMissing(true);
  }

  return (
    <form onSubmit={submit} noValidate>
      <div className={classes.body}>
        {props.title}
        {subject.given === undefined && (
          <TextInput
            label={subject.label}
            description={subject.description}
            placeholder={subject.placeholder}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={errors.name}
            required
            withAsterisk={false}
            data-autofocus
          />
        )}
        <FileField
          label={requestedFile.label}
          file={file}
          onChange={(chosen) => {
            setFile(chosen);
            setMissing(false);
            props.onChoose();
          }}
          error={tooLarge ? undefined : isMissing ? requestedFile.missing : errors.file}
        />
        {tooLarge && (
          <div className={classes.large} role="alert">
            <p>
              {file.name} is {formatBytes(file.size)}; browser uploads are limited to {formatBytes(limit.maxBytes)}.
              Upload it from the command line with a token that has the “{limit.scope}” scope:
            </p>
            <CodeBlock examples={[{ label: "curl", code: limit.command(name || subject.placeholder, file.name) }]} />
          </div>
        )}
        <Textarea
          label="What changed in this version"
          rows={2}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          error={errors.note}
        />
      </div>
      <div className={classes.foot}>
        <span className={classes.note} role="status">
          {props.status}
        </span>
        <Button variant="default" onClick={onClose}>
          {props.closeLabel}
        </Button>
        <Button type="submit" aria-disabled={busy || tooLarge}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  );
}

/** Returns a command that sends a file to an address of the REST API. */
export function uploadCommand(url: string, file: string): string {
  return [
    `curl -X POST "${url}" \\`,
    '  -H "Authorization: Bearer $LEEWAY_TOKEN" \\',
    '  -H "Content-Type: application/octet-stream" \\',
    `  --data-binary @${JSON.stringify(file)}`,
  ].join("\n");
}
