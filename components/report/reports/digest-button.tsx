"use client";

import { Button } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { LazyModal } from "#components/ui/lazy-modal.tsx";
import type { Digest, SetDigest } from "#server/report/reports/digest/contract.ts";

const DigestForm = lazyDialog(() => import("./digest-form.tsx").then((module) => module.DigestForm));

export interface DigestProps {
  digest: Digest;
  save: (input: SetDigest) => Promise<ActionState<unknown>>;
  /** A mail leads here to be switched off. */
  isOpen: boolean;
}

/** Shows whether the weekly email is enabled, and when it is sent. */
export function DigestButton({ digest, save, isOpen }: DigestProps) {
  const [opened, setOpened] = useState(isOpen);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconMail size={15} stroke={1.7} />}
        onClick={() => setOpened(true)}
        aria-label={digest.isOn ? "Weekly email is on" : "Get the weekly email"}
      >
        {digest.isOn ? "Email: on" : "Email…"}
      </Button>
      <LazyModal opened={opened} onClose={() => setOpened(false)} title="Weekly email" size={440} yOffset="12vh">
        {opened && <DigestForm digest={digest} save={save} onDone={() => setOpened(false)} />}
      </LazyModal>
    </>
  );
}
