"use client";

import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { LazyModal } from "#components/ui/lazy-modal.tsx";
import type { CreateEndpointFormProps } from "./create-endpoint-form.tsx";

const CreateEndpointForm = lazyDialog(() =>
  import("./create-endpoint-form.tsx").then((module) => module.CreateEndpointForm),
);

interface CreateEndpointProps extends Omit<CreateEndpointFormProps, "onClose"> {
  /** The viewer may not; the button says why. */
  why?: string | undefined;
}

/** Renders the button and dialog that create an endpoint; its page then offers to deploy a version. */
export function CreateEndpoint({ create, gatewayUrl, why }: CreateEndpointProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
        disabled={Boolean(why)}
        onClick={() => setOpened(true)}
      >
        Create endpoint…
      </Button>
      <LazyModal opened={opened} onClose={() => setOpened(false)} withCloseButton={false} size={520} yOffset="14vh">
        {opened && <CreateEndpointForm create={create} gatewayUrl={gatewayUrl} onClose={() => setOpened(false)} />}
      </LazyModal>
    </>
  );
}
