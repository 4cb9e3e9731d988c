"use client";

import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import classes from "./copy-button.module.css";

interface CopyButtonProps {
  value: string;
  /** Description of the copied text for screen readers: "Copy the address". */
  label: string;
  /** With the word "Copy" beside the icon. */
  withWord?: boolean;
}

/** Copies a value and says so. */
export function CopyButton({ value, label, withWord }: CopyButtonProps) {
  const clipboard = useClipboard({ timeout: 2000 });
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <button
      className={classes.button}
      type="button"
      aria-label={label}
      title={label}
      onClick={() => clipboard.copy(value)}
    >
      <Icon size={15} stroke={1.8} aria-hidden="true" />
      {withWord && (clipboard.copied ? "Copied" : "Copy")}
      <span className="lw-hidden" role="status">
        {clipboard.copied ? "Copied" : ""}
      </span>
    </button>
  );
}
