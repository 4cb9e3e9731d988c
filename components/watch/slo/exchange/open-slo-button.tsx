"use client";

import { Button } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { LazyModal } from "#components/ui/lazy-modal.tsx";
import type { ImportOpenSlo, ImportResult } from "#server/watch/slo/exchange/contract.ts";

const OpenSloForm = lazyDialog(() => import("./open-slo-form.tsx").then((module) => module.OpenSloForm));

export interface OpenSloButtonProps {
  importFile: (input: ImportOpenSlo) => Promise<ActionState<ImportResult>>;
  why: string | undefined;
}

/** Renders the import of OpenSLO, Sloth and Pyrra files, and the export of all SLOs. */
export function OpenSloButton({ importFile, why }: OpenSloButtonProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileImport size={15} stroke={1.8} aria-hidden="true" />}
        onClick={() => setOpened(true)}
      >
        OpenSLO…
      </Button>
      <LazyModal opened={opened} onClose={() => setOpened(false)} withCloseButton={false} size={640} yOffset="8vh">
        {opened && <OpenSloForm importFile={importFile} why={why} onClose={() => setOpened(false)} />}
      </LazyModal>
    </>
  );
}
