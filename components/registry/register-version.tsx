"use client";

import { Button, Modal, ModalTitle } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { type RegisterAction, RegisterForm } from "./register-form.tsx";

interface RegisterVersionProps {
  /** The model that gets the version; undefined asks for its name. */
  modelName?: string | undefined;
  /** Largest file that the browser may send. */
  maxBytes: number;
  /** Address of the REST interface, for larger files. */
  apiUrl: string;
  register: RegisterAction;
  /** The one primary button of the page. */
  primary?: boolean;
  /** Why it is switched off: "needs the role member". */
  why?: string | undefined;
}

/** The button and dialog that register an ONNX file as a version. */
export function RegisterVersion({ primary = false, why, ...form }: RegisterVersionProps) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        variant={primary ? "filled" : "default"}
        leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
        disabled={why !== undefined}
        onClick={() => setOpened(true)}
      >
        Register version…
      </Button>
      <Modal opened={opened} onClose={close} withCloseButton={false} size={560} yOffset="12vh" padding={0}>
        {opened && (
          <RegisterForm
            {...form}
            title={
              <ModalTitle fz={15} fw={600}>
                {form.modelName ? `Register a version of ${form.modelName}` : "Register a version"}
              </ModalTitle>
            }
            onClose={close}
          />
        )}
      </Modal>
    </>
  );
}
