"use client";

import { Button, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Segmented } from "#components/ui/tabs.tsx";
import { FileImportForm, type StartFileAction } from "./file-import-form.tsx";
import { ServerImportForm, type StartServerAction } from "./server-import-form.tsx";
import classes from "./transfer.module.css";

interface ImportDialogProps {
  startServer: StartServerAction;
  startFile: StartFileAction;
  /** Largest file that the browser may send. */
  maxBytes: number;
  /** Address of the REST interface, for larger files. */
  apiUrl: string;
}

const positions = [
  { value: "server", label: "Other server" },
  { value: "file", label: "A file" },
] as const;

/** Renders the button and dialog that start an import and then open its page. */
export function ImportDialog({ startServer, startFile, maxBytes, apiUrl }: ImportDialogProps) {
  const [opened, setOpened] = useState(false);
  const [source, setSource] = useState<"server" | "file">("server");
  const router = useRouter();
  const onDone = ({ id }: { id: string }) => router.push(`/settings/transfer/imports/${id}`);
  return (
    <>
      <Button onClick={() => setOpened(true)}>Import…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Import" size={560} yOffset="8vh">
        <div className={classes.body}>
          <Segmented label="From" value={source} onChange={setSource} options={[...positions]} />
          {source === "server" ? (
            <ServerImportForm action={startServer} onDone={onDone} />
          ) : (
            <FileImportForm action={startFile} onDone={onDone} maxBytes={maxBytes} apiUrl={apiUrl} />
          )}
        </div>
      </Modal>
    </>
  );
}
