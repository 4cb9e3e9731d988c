"use client";

import { Input } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFile, IconUpload } from "@tabler/icons-react";
import { useId } from "react";
import classes from "./file-field.module.css";
import { formatBytes } from "./format.ts";

interface FileFieldProps {
  /** Kind of file: "ONNX file". */
  label: string;
  file: File | undefined;
  onChange: (file: File | undefined) => void;
  /** Error message for the file. */
  error?: string | undefined;
}

/** Accepts one dropped or selected file. Any file can be selected: problems are reported once it has been read. */
export function FileField({ label, file, onChange, error }: FileFieldProps) {
  const errorId = useId();
  return (
    <Input.Wrapper label={label} error={error} errorProps={{ id: errorId, role: "alert" }}>
      <Dropzone
        className={classes.zone}
        multiple={false}
        onDrop={([dropped]) => onChange(dropped)}
        inputProps={{ "aria-label": label, "aria-describedby": error ? errorId : undefined }}
        data-error={error ? true : undefined}
        enablePointerEvents
      >
        {file ? (
          <span className={classes.line}>
            <IconFile size={16} stroke={1.7} aria-hidden="true" />
            <strong className="lw-truncate">{file.name}</strong>
            <span className="lw-muted">{formatBytes(file.size)}</span>
            <span className={classes.other}>Choose another file</span>
          </span>
        ) : (
          <span className={classes.line}>
            <IconUpload size={16} stroke={1.7} aria-hidden="true" />
            <span>
              Drop a file here or <span className={classes.choose}>browse</span>
            </span>
          </span>
        )}
      </Dropzone>
    </Input.Wrapper>
  );
}
