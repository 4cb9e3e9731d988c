"use client";

import { useRef, useState } from "react";
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
  /** While it is sent, the job cannot be submitted. */
  isSending: boolean;
  onSending: (isSending: boolean) => void;
}

/** Uploads the zip that the command starts in, as soon as it is chosen. */
export function PackageField(props: PackageFieldProps) {
  const { value, onChange, upload, maxBytes, error, isSending, onSending } = props;
  const [file, setFile] = useState<File>();
  const [problem, setProblem] = useState<string>();
  const newest = useRef(0);

  async function choose(chosen: File | undefined) {
    setFile(chosen);
    setProblem(undefined);
    newest.current += 1;
    const own = newest.current;
    const mayBeSent = chosen !== undefined && chosen.size <= maxBytes;
    onSending(mayBeSent);
    if (!chosen) return;
    // The name of the new file is shown: the package before it is no longer meant.
    onChange("");
    if (!mayBeSent) {
      setProblem(
        `The file is ${formatBytes(chosen.size)}; browser uploads are limited to ${formatBytes(maxBytes)}. Use the API instead.`,
      );
      return;
    }
    const form = new FormData();
    form.set("file", chosen);
    const result = await upload(form).catch(() => undefined);
    if (own !== newest.current) return;
    onSending(false);
    if (result?.data) onChange(result.data.sha256);
    else
      setProblem(
        result?.error ?? Object.values(result?.fieldErrors ?? {})[0] ?? "Could not store the package. Try again.",
      );
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
