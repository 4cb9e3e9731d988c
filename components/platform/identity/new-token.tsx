"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import type { CreateToken, NewToken as MadeToken } from "#server/platform/identity/contract.ts";
import { NewTokenForm } from "./new-token-form.tsx";
import { ShownOnce } from "./shown-once.tsx";

interface NewTokenProps {
  action: (input: CreateToken) => Promise<ActionState<MadeToken>>;
  consoleUrl: string;
  /** Names that a token can be limited to. */
  endpoints: string[];
  /** Service account for which to create the token, instead of the reader. */
  owner?: { id: string; name: string };
}

/** Renders the button, its dialog, and the secret, which is shown once with examples that use it. */
export function NewToken({ action, consoleUrl, endpoints, owner }: NewTokenProps) {
  const [opened, setOpened] = useState(false);
  const [made, setMade] = useState<MadeToken>();
  return (
    <>
      <Button {...(owner && { variant: "default", size: "xs" })} onClick={() => setOpened(true)}>
        Create token…
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={owner ? `Create token for ${owner.name}` : "Create token"}
        size={480}
        yOffset="10vh"
      >
        <NewTokenForm
          action={action}
          endpoints={endpoints}
          owner={owner}
          onDone={(token) => {
            setOpened(false);
            setMade(token);
          }}
        />
      </Modal>
      <ShownOnce
        opened={made !== undefined}
        onClose={() => setMade(undefined)}
        title={`Token ${made?.token.name} created`}
        examples={usesOf(made?.secret ?? "", consoleUrl)}
        doneLabel="I have copied it"
      >
        Only a hash is stored, so the token will not be shown again. Anyone who has it can do what its scopes allow.
      </ShownOnce>
    </>
  );
}

function usesOf(secret: string, consoleUrl: string) {
  return [
    {
      label: "Python",
      code: `export MLFLOW_TRACKING_URI=${consoleUrl}\nexport MLFLOW_TRACKING_TOKEN=${secret}`,
    },
    { label: "curl", code: `curl -H "Authorization: Bearer ${secret}" ${consoleUrl}/api/v1/viewer` },
    { label: "Token only", code: secret },
  ];
}
