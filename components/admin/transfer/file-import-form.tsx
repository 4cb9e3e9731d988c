"use client";

import { Button, Select } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { FileField } from "#components/ui/file-field.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { Import, StartFileImport } from "#server/admin/transfer/contract.ts";
import classes from "./transfer.module.css";

/** Sends what the form holds: "kind" and "file". */
export type StartFileAction = (form: FormData) => Promise<ActionState<Import>>;

type Kind = StartFileImport["kind"];

const kinds: { value: Kind; label: string; hint: string }[] = [
  { value: "mlruns", label: "mlruns folder", hint: "An MLflow file store as a zip (no server needed)." },
  {
    value: "tensorboard",
    label: "TensorBoard files",
    hint: "A zip whose folders are runs, or a single event file. Runs are added to an experiment named after the file.",
  },
  { value: "leeway", label: "Leeway export", hint: "A zip exported from this or another Leeway." },
];

interface FileImportFormProps {
  action: StartFileAction;
  onDone: (made: Import) => void;
  maxBytes: number;
  apiUrl: string;
}

/** Renders the form for a file to import; a file that is too large for the browser is sent from a command line. */
export function FileImportForm({ action, onDone, maxBytes, apiUrl }: FileImportFormProps) {
  const { state, busy, run } = useAction(action);
  const [kind, setKind] = useState<Kind>("mlruns");
  const [file, setFile] = useState<File>();
  const tooLarge = file !== undefined && file.size > maxBytes;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!file || tooLarge) return;
    const form = new FormData();
    form.set("kind", kind);
    form.set("file", file);
    run(form, onDone);
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <Select
        label="File type"
        data={kinds}
        value={kind}
        onChange={(value) => setKind((value as Kind | null) ?? "mlruns")}
        description={kinds.find(({ value }) => value === kind)?.hint}
        allowDeselect={false}
      />
      <FileField label="File" file={file} onChange={setFile} />
      {tooLarge && file && (
        <div className={classes.body} role="alert">
          <p className={classes.text}>
            {file.name} is {formatBytes(file.size)}; browser uploads are limited to {formatBytes(maxBytes)}. Upload it
            from the command line with a token that has the “settings” scope:
          </p>
          <CodeBlock examples={[{ label: "curl", code: command(apiUrl, kind, file.name) }]} />
        </div>
      )}
      <div className={classes.buttons}>
        <span className={classes.note}>The uploaded file is deleted when the import finishes.</span>
        <Button type="submit" disabled={!file || tooLarge} aria-disabled={busy}>
          {busy ? "Uploading…" : "Start import"}
        </Button>
      </div>
    </form>
  );
}

function command(apiUrl: string, kind: Kind, file: string): string {
  const query = new URLSearchParams({ kind, fileName: file });
  return [
    `curl -X POST "${apiUrl}/imports/files?${query}" \\`,
    '  -H "Authorization: Bearer $LEEWAY_TOKEN" \\',
    '  -H "Content-Type: application/octet-stream" \\',
    `  --data-binary @${JSON.stringify(file)}`,
  ].join("\n");
}
