"use client";

import { Button, Drawer } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "#components/ui/link.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { playgroundHref, predictionHref } from "../endpoints/addresses.ts";
import { LoggedTensors } from "./logged-tensors.tsx";
import { PredictionFacts } from "./prediction-facts.tsx";
import { PredictionOutputs } from "./prediction-outputs.tsx";
import classes from "./predictions.module.css";
import type { LoggedPrediction, Signatures } from "./predictions-table.tsx";

interface PredictionDrawerProps {
  endpoint: string;
  /** Undefined while it is read; null when none is chosen. */
  prediction: LoggedPrediction | undefined | null;
  /** Reason why it could not be loaded. */
  failure?: string | undefined;
  signatures: Signatures;
  onClose: () => void;
}

/** Renders one logged request: its input, prediction and actual. Its page shows the rest. */
export function PredictionDrawer({ endpoint, prediction, failure, signatures, onClose }: PredictionDrawerProps) {
  return (
    <Drawer
      opened={prediction !== null}
      onClose={onClose}
      position="right"
      size={480}
      title={<span className={classes.title}>Prediction</span>}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {prediction ? (
        <Content endpoint={endpoint} prediction={prediction} signature={signatures[prediction.versionId]} />
      ) : (
        <p className="lw-muted">{failure ?? "Loading…"}</p>
      )}
    </Drawer>
  );
}

interface ContentProps {
  endpoint: string;
  prediction: LoggedPrediction;
  signature: Signatures[string] | undefined;
}

function Content({ endpoint, prediction, signature }: ContentProps) {
  const { id, modelName, version, error, inputs, outputs } = prediction;
  return (
    <div className={classes.drawer}>
      {error && <PredictionError status={prediction.status} error={error} />}
      <PredictionFacts prediction={prediction} signature={signature} />
      {outputs && (
        <section className={classes.tensor}>
          <h3 className={classes.title}>Prediction</h3>
          <PredictionOutputs outputs={outputs} signature={signature} />
        </section>
      )}
      {inputs ? (
        <section className={classes.tensor}>
          <h3 className={classes.title}>Input</h3>
          <LoggedTensors tensors={inputs} signature={signature} />
        </section>
      ) : (
        <p className="lw-quiet">The input was not stored.</p>
      )}
      <div className={classes.actions}>
        <Button component={Link} href={predictionHref(endpoint, id)} variant="default">
          View details
        </Button>
        {modelName && version !== null && inputs && (
          <Button
            component={Link}
            href={playgroundHref(modelName, { a: version, input: id })}
            variant="default"
            leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
          >
            Open in playground
          </Button>
        )}
      </div>
    </div>
  );
}

/** Shows the error that the client received. */
export function PredictionError({ status, error }: { status: number; error: string }) {
  return (
    <div className={classes.error}>
      <StatusBadge state="missed">{`Failed with ${status}`}</StatusBadge>
      <div>{error}</div>
    </div>
  );
}
