"use client";

import { Button, Modal, ModalTitle } from "@mantine/core";
import { useState } from "react";
import { Segmented } from "#components/ui/tabs.tsx";
import type { ReadVersion } from "#server/develop/datasets/contract.ts";
import type { ReferenceAdvice } from "#server/watch/monitoring/profiles/contract.ts";
import { DatasetReferenceForm } from "./dataset-reference-form.tsx";
import classes from "./references.module.css";
import { TrafficReferenceForm } from "./traffic-reference-form.tsx";
import type { RequestReferenceAction } from "./use-request.ts";

interface MakeReferenceProps {
  /** "digits v3" */
  version: string;
  advice: ReferenceAdvice;
  /** Datasets whose rows Leeway has stored. */
  datasets: ReadVersion[];
  request: RequestReferenceAction;
  why?: string | undefined;
}

type Kind = "dataset" | "traffic";
const kinds = [
  { value: "dataset" as const, label: "Dataset rows" },
  { value: "traffic" as const, label: "Recorded requests" },
];

/** Renders the button and dialog that create a reference from dataset rows or recorded requests. */
export function MakeReference({ version, advice, datasets, request, why }: MakeReferenceProps) {
  const [opened, setOpened] = useState(false);
  const [kind, setKind] = useState<Kind>(datasets.length === 0 && advice.traffic.length > 0 ? "traffic" : "dataset");
  const close = () => setOpened(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button disabled={why !== undefined || advice.inputs.length === 0} onClick={() => setOpened(true)}>
        Create reference…
      </Button>
      <Modal opened={opened} onClose={close} withCloseButton={false} size={620} yOffset="10vh" padding={0}>
        {opened && (
          <div className={classes.form}>
            <ModalTitle fz={15} fw={600}>
              Create reference for {version}
            </ModalTitle>
            <Segmented label="Source" value={kind} onChange={setKind} options={kinds} />
            {kind === "dataset" ? (
              <DatasetReferenceForm advice={advice} datasets={datasets} request={request} onClose={close} />
            ) : (
              <TrafficReferenceForm advice={advice} request={request} onClose={close} />
            )}
          </div>
        )}
      </Modal>
    </>
  );
}
