"use client";

import { Button, Modal, ModalTitle } from "@mantine/core";
import { useState } from "react";
import { EmptyState } from "#components/ui/states.tsx";
import type { ReadVersion } from "#server/develop/datasets/contract.ts";
import classes from "./evaluation.module.css";
import { type CreateSetAction, SetForm } from "./set-form.tsx";

interface CreateSetProps {
  /** Datasets whose rows Leeway has stored. */
  datasets: ReadVersion[];
  /** Inputs of the version whose evaluation is open. */
  inputs: readonly string[];
  create: CreateSetAction;
  why?: string | undefined;
}

/** Renders the button and dialog that freeze rows of a dataset version as an evaluation set. */
export function CreateSet({ datasets, inputs, create, why }: CreateSetProps) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button disabled={why !== undefined} onClick={() => setOpened(true)}>
        Freeze set…
      </Button>
      <Modal opened={opened} onClose={close} withCloseButton={false} size={680} yOffset="6vh" padding={0}>
        {opened && (
          <div className={classes.form}>
            <ModalTitle fz={15} fw={600}>
              Freeze evaluation set
            </ModalTitle>
            {datasets.length === 0 ? (
              <EmptyState title="No dataset rows available">
                Upload a CSV, Parquet or Arrow file with labels under Datasets, then select it here.
              </EmptyState>
            ) : (
              <SetForm datasets={datasets} inputs={inputs} create={create} onClose={close} />
            )}
          </div>
        )}
      </Modal>
    </>
  );
}
