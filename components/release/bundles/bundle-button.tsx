"use client";

import { Button, Modal } from "@mantine/core";
import { IconPackageExport } from "@tabler/icons-react";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Bundle } from "#server/release/bundles/contract.ts";
import { BundleContents } from "./bundle-contents.tsx";
import { bundleHref } from "./bundle-text.ts";

interface BundleButtonProps {
  /** "digits v3". */
  subject: string;
  /** Seals the version, if that was not done yet. */
  read: (input: undefined) => Promise<ActionState<Bundle>>;
}

/** Renders the button and the dialog that distribute a version to devices: its bundle's content, its identification, and the download. */
export function BundleButton({ subject, read }: BundleButtonProps) {
  const [opened, setOpened] = useState(false);
  const { state, busy, run } = useAction(read);
  const bundle = busy ? undefined : state.data;
  const close = () => setOpened(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPackageExport size={15} stroke={1.8} aria-hidden="true" />}
        onClick={() => {
          setOpened(true);
          run(undefined);
        }}
      >
        Download bundle…
      </Button>
      <Modal opened={opened} onClose={close} title={`Device bundle of ${subject}`} size={720} yOffset="6vh">
        <div className={classes.body} aria-busy={busy}>
          <p className="lw-muted">A sealed archive with everything a device needs to run and verify this version.</p>
          <FormProblem state={state} />
          {busy && (
            <div role="status">
              <p className="lw-quiet">Creating the bundle… The version is run once; large models take a while.</p>
              <SkeletonRows rows={4} height={28} />
            </div>
          )}
          {bundle && <BundleContents bundle={bundle} />}
          <div className={classes.buttons}>
            <Button variant="default" onClick={close}>
              Close
            </Button>
            {bundle && (
              <Button component="a" href={bundleHref(bundle.manifest)} download={bundle.fileName}>
                Download {formatBytes(bundle.sizeBytes)}
              </Button>
            )}
          </div>
        </div>
      </Modal>
    </>
  );
}
