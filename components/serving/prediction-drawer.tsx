"use client";

import { Button, Drawer } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import Link from "next/link";
import { shownClasses, viewOutputs } from "#components/playground/outputs.ts";
import { BarList } from "#components/ui/bar-list.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatUnit } from "#components/ui/format.ts";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { ProviderBadge } from "#components/ui/tag.tsx";
import type { LoggedTensor } from "#server/serving/contract.ts";
import { playgroundHref } from "./addresses.ts";
import { isRight, keptTensors } from "./answer.ts";
import classes from "./predictions.module.css";
import { imageFieldOf, type LoggedPrediction, type Signatures } from "./predictions-table.tsx";
import { TensorImage } from "./tensor-image.tsx";

interface PredictionDrawerProps {
  /** Undefined while it is read; null when none is chosen. */
  prediction: LoggedPrediction | undefined | null;
  /** Why it could not be read. */
  failure?: string | undefined;
  signatures: Signatures;
  onClose: () => void;
}

/** One logged request: what came, what was answered, how long each part took, what turned out to be true. */
export function PredictionDrawer({ prediction, failure, signatures, onClose }: PredictionDrawerProps) {
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
        <Content prediction={prediction} signature={signatures[prediction.versionId]} />
      ) : (
        <p className="lw-muted">{failure ?? "Reading it…"}</p>
      )}
    </Drawer>
  );
}

interface ContentProps {
  prediction: LoggedPrediction;
  signature: Signatures[string] | undefined;
}

function Content({ prediction, signature }: ContentProps) {
  const { modelName, version, error, inputs, outputs } = prediction;
  return (
    <div className={classes.drawer}>
      {error && (
        <div className={classes.error}>
          <StatusBadge state="missed">{`Failed with ${prediction.status}`}</StatusBadge>
          <div>{error}</div>
        </div>
      )}
      <Facts prediction={prediction} signature={signature} />
      {outputs && <Outputs outputs={outputs} labels={signature?.labels} />}
      <Inputs inputs={inputs} signature={signature} />
      {modelName && version !== null && inputs && (
        <div className={classes.actions}>
          <Button
            component={Link}
            href={playgroundHref(modelName, { a: version, input: prediction.id })}
            variant="default"
            leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
          >
            Open in the playground
          </Button>
        </div>
      )}
    </div>
  );
}

function Facts({ prediction, signature }: ContentProps) {
  const { requestId, at, modelName, version, provider, latencyMs, label, status } = prediction;
  const right = isRight(prediction, signature?.labels);
  return (
    <dl className="lw-facts">
      <dt>Request</dt>
      <dd>
        <code>{requestId}</code> <CopyButton value={requestId} label="Copy the request id" />
      </dd>
      <dt>Time</dt>
      <dd>{formatAbsolute(new Date(at))}</dd>
      <dt>Version</dt>
      <dd>{modelName && version !== null ? `${modelName} v${version}` : "deleted since"}</dd>
      <dt>Status</dt>
      <dd className="lw-number">{status}</dd>
      <dt>Took</dt>
      <dd>{formatUnit(latencyMs, "ms")}</dd>
      <dt>Ran on</dt>
      <dd>{provider ? <ProviderBadge provider={provider} /> : <span className="lw-quiet">did not run</span>}</dd>
      <dt>Truth</dt>
      <dd>
        {label === null ? (
          <span className="lw-quiet">not labelled yet</span>
        ) : (
          <>
            {label}{" "}
            {right !== undefined && (
              <StatusBadge state={right ? "on-target" : "missed"}>{right ? "Right" : "Wrong"}</StatusBadge>
            )}
          </>
        )}
      </dd>
    </dl>
  );
}

function Outputs({ outputs, labels }: { outputs: LoggedTensor[]; labels: string[] | undefined }) {
  const views = viewOutputs(keptTensors(outputs), labels);
  return (
    <section className={classes.tensor}>
      <h3 className={classes.title}>Answer</h3>
      {views.map((view) => {
        if (view.kind !== "classes")
          return <Values tensor={outputs.find(({ name }) => name === view.name)} key={view.name} />;
        const { shown, others } = shownClasses(view.classes);
        const bars = [...shown, ...(others ? [others] : [])].map((one) => ({
          label: one.label,
          value: one.share,
          highlighted: one === view.best,
        }));
        return <BarList label={view.name} bars={bars} key={view.name} />;
      })}
    </section>
  );
}

function Inputs({ inputs, signature }: { inputs: LoggedTensor[] | null; signature: Signatures[string] | undefined }) {
  const field = imageFieldOf(signature);
  if (!inputs) return <p className="lw-quiet">The input was not kept.</p>;
  return (
    <section className={classes.tensor}>
      <h3 className={classes.title}>Input</h3>
      {inputs.map((input) => {
        const [kept] = keptTensors([input]);
        return kept && field?.name === input.name && input.shape[0] === 1 ? (
          <TensorImage
            value={kept}
            spec={field.image}
            size={160}
            alt={`${input.name} as the model saw it`}
            key={input.name}
          />
        ) : (
          <Values tensor={input} key={input.name} />
        );
      })}
    </section>
  );
}

function Values({ tensor }: { tensor: LoggedTensor | undefined }) {
  if (!tensor) return null;
  const { name, datatype, shape, data } = tensor;
  return (
    <div>
      <span className="lw-small">
        {name}{" "}
        <code className="lw-quiet">
          {datatype} [{shape.join(", ")}]
        </code>
      </span>
      <div className={`${classes.values} lw-mono`}>{data ? data.join(", ") : "too large to keep"}</div>
    </div>
  );
}
