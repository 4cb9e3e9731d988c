"use client";

import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FileField } from "#components/ui/file-field.tsx";
import { formatBytes, truncateMiddle } from "#components/ui/format.ts";
import { HelpLink } from "#components/ui/help-link.tsx";
import classes from "../forms.module.css";

interface PackageFieldProps {
  /** SHA-256 of the package; "" for none. */
  value: string;
  onChange: (sha256: string) => void;
  upload: (form: FormData) => Promise<ActionState<{ sha256: string }>>;
  /** Bytes that a browser may send. */
  maxBytes: number;
  error: string | undefined;
}

/** Uploads the zip that the command starts in, as soon as it is chosen. */
export function PackageField({ value, onChange, upload, maxBytes, error }: PackageFieldProps) {
  const [file, setFile] = useState<File>();
  const [isSending, setIsSending] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function choose(chosen: File | undefined) {
    setFile(chosen);
    setProblem(undefined);
    if (!chosen) return;
    if (chosen.size > maxBytes) {
      setProblem(
        `It has ${formatBytes(chosen.size)}; a browser may send ${formatBytes(maxBytes)}. Use the API for it.`,
      );
      return;
    }
    setIsSending(true);
    const form = new FormData();
    form.set("file", chosen);
    const result = await upload(form).catch(() => undefined);
    setIsSending(false);
    if (result?.data) onChange(result.data.sha256);
    else setProblem(result?.error ?? Object.values(result?.fieldErrors ?? {})[0] ?? "It was not stored. Try again.");
  }

  return (
    <div className={classes.package}>
      <FileField
        label="Package (zip)"
        file={file}
        onChange={(chosen) => void choose(chosen)}
        error={problem ?? error}
      />
      <p className="lw-small lw-quiet" role="status">
        {isSending ? (
          "Sending…"
        ) : value === "" ? (
          <>
            Files that the command starts in. <HelpLink to="training#submit-a-job" />
          </>
        ) : (
          <>
            Package <code>{truncateMiddle(value)}</code>{" "}
            <button
              className={classes.inline}
              type="button"
              onClick={() => {
                setFile(undefined);
                onChange("");
              }}
            >
              Remove
            </button>
          </>
        )}
      </p>
    </div>
  );
}
