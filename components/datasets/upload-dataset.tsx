"use client";

import { Button, Modal, ModalTitle } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { type UploadAction, UploadForm } from "./upload-form.tsx";

interface UploadDatasetProps {
  /** The dataset that gets the version; undefined asks for its name. */
  name?: string | undefined;
  /** Largest file that the browser may send. */
  maxBytes: number;
  /** Address of the REST interface, for larger files. */
  apiUrl: string;
  upload: UploadAction;
  /** The one primary button of the page. */
  primary?: boolean;
  /** Why it is switched off: "needs the role member". */
  why?: string | undefined;
}

/** The button and dialog that make a version of a CSV or Parquet file. */
export function UploadDataset({ why, primary = false, ...form }: UploadDatasetProps) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        variant={primary ? "filled" : "default"}
        leftSection={<IconUpload size={15} stroke={1.8} aria-hidden="true" />}
        disabled={why !== undefined}
        onClick={() => setOpened(true)}
      >
        Upload rows…
      </Button>
      <Modal opened={opened} onClose={close} withCloseButton={false} size={560} yOffset="12vh" padding={0}>
        {opened && (
          <UploadForm
            {...form}
            title={
              <ModalTitle fz={15} fw={600}>
                {form.name ? `Upload a version of ${form.name}` : "Upload a dataset"}
              </ModalTitle>
            }
            onClose={close}
          />
        )}
      </Modal>
    </>
  );
}
