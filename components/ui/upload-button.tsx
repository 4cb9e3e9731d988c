"use client";

import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { LazyDialogTitle, LazyModal } from "./lazy-modal.tsx";

interface UploadButtonProps {
  /** "Upload rows…" */
  label: string;
  icon: ReactNode;
  /** Title of the dialog. */
  title: string;
  /** The one primary button of the page. */
  primary: boolean | undefined;
  /** Reason why it is disabled: "needs the role member". */
  why: string | undefined;
  /** Renders the form in the dialog. */
  children: (title: ReactNode, close: () => void) => ReactNode;
}

/** Button and dialog for uploading a file; closing the dialog discards the input. */
export function UploadButton({ label, icon, title, primary, why, children }: UploadButtonProps) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        variant={primary ? "filled" : "default"}
        leftSection={icon}
        disabled={why !== undefined}
        onClick={() => setOpened(true)}
      >
        {label}
      </Button>
      <LazyModal opened={opened} onClose={close} withCloseButton={false} size={560} yOffset="12vh" padding={0}>
        {opened && children(<LazyDialogTitle>{title}</LazyDialogTitle>, close)}
      </LazyModal>
    </>
  );
}
