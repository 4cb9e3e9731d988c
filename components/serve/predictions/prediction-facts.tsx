import type { LoggedPrediction, Signatures } from "#components/serve/predictions/predictions-table.tsx";
import { isCorrect } from "#components/serve/predictions/shown-prediction.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatPercent, formatUnit, noValue, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { ClockTime, RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { ProviderBadge, Tag } from "#components/ui/tag.tsx";
import { formatCost, loggedReasonLabels, sourceLabels, stepLabels } from "./labels.ts";

interface PredictionFactsProps {
  prediction: LoggedPrediction;
  signature: Signatures[string] | undefined;
}

/** Shows caller, time, version and outcome of a request in words. */
export function PredictionFacts({ prediction, signature }: PredictionFactsProps) {
  const { requestId, at, modelName, version, provider, latencyMs, status, arm, loggedReason, source, caller } =
    prediction;
  return (
    <dl className="lw-facts">
      <dt>Request</dt>
      <dd>
        <code>{requestId}</code> <CopyButton value={requestId} label="Copy the request id" />
      </dd>
      <dt>Time</dt>
      <dd>
        <ClockTime at={at} seconds />, <RelativeTime at={at} />
      </dd>
      <dt>Version</dt>
      <dd>{modelName && version !== null ? `${modelName} v${version}, ${arm}` : `deleted since, ${arm}`}</dd>
      <dt>Status</dt>
      <dd className="lw-number">{status}</dd>
      <dt>Duration</dt>
      <dd>
        {formatUnit(latencyMs, "ms")}
        {prediction.batchRows !== null && `, in a batch of ${plural(prediction.batchRows, "row")}`}
      </dd>
      {prediction.cost !== null && (
        <>
          <dt>Cost</dt>
          <dd>{formatCost(prediction.cost)}</dd>
        </>
      )}
      <dt>Ran on</dt>
      <dd>{provider && provider !== "none" ? <ProviderBadge provider={provider} /> : <Quiet>not run</Quiet>}</dd>
      <dt>Served by</dt>
      <dd>{status === 200 ? sourceLabels[source] : <Quiet>{noValue}</Quiet>}</dd>
      {prediction.cascade && (
        <>
          <dt>Cascade</dt>
          <dd>{prediction.cascade.map(describeStep).join("; ")}</dd>
        </>
      )}
      <dt>Confidence</dt>
      <dd>{prediction.confidence === null ? <Quiet>no probabilities</Quiet> : formatPercent(prediction.confidence)}</dd>
      <dt>Logged because</dt>
      <dd>
        <Tag>{loggedReasonLabels[loggedReason]}</Tag>
      </dd>
      {prediction.gameDay !== null && (
        <>
          <dt>Game day</dt>
          <dd>
            <Link href={`/game-days/${prediction.gameDay}`}>GD-{prediction.gameDay}</Link> affected it
          </dd>
        </>
      )}
      <dt>Caller</dt>
      <dd>{caller ?? <Quiet>unknown</Quiet>}</dd>
      {prediction.traceId && (
        <>
          <dt>Trace</dt>
          <dd>
            <code>{prediction.traceId}</code> <CopyButton value={prediction.traceId} label="Copy the trace id" />
          </dd>
        </>
      )}
      <dt>Label</dt>
      <dd>
        <Truth prediction={prediction} signature={signature} />
      </dd>
    </dl>
  );
}

function describeStep({
  modelName,
  version,
  outcome,
  confidence,
}: NonNullable<LoggedPrediction["cascade"]>[number]): string {
  const words = `${modelName} v${version} ${stepLabels[outcome]}`;
  return confidence === null ? words : `${words} at ${formatPercent(confidence)}`;
}

function Quiet({ children }: { children: string }) {
  return <span className="lw-quiet">{children}</span>;
}

function Truth({ prediction, signature }: PredictionFactsProps) {
  const { label, labelObservedAt, labelSource, labelSelection } = prediction;
  if (label === null) return <Quiet>no label yet</Quiet>;
  const right = isCorrect(prediction, signature?.labels);
  return (
    <>
      {label}{" "}
      {right !== undefined && (
        <StatusBadge state={right ? "on-target" : "missed"}>{right ? "Correct" : "Incorrect"}</StatusBadge>
      )}{" "}
      {labelObservedAt && (
        <span className="lw-quiet">
          {labelSource === "labelling" ? "agreed by annotators" : "labelled"} <RelativeTime at={labelObservedAt} />
          {labelSelection === "chosen" || labelSelection === "gold"
            ? "; of a chosen request, so no rate counts it"
            : ""}
        </span>
      )}
    </>
  );
}
