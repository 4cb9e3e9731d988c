import type { ReactNode } from "react";
import { fieldsOf } from "#components/serve/tensors/fields.ts";
import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { columnDecimals, formatPercent, formatUnit, noValue, truncateMiddle } from "#components/ui/format.ts";
import { ClockTime, RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import { TensorImage } from "../tensors/tensor-image.tsx";
import { loggedReasonLabels } from "./labels.ts";
import classes from "./predictions.module.css";
import { isCorrect, predictionOf, storedTensors } from "./shown-prediction.ts";

export type LoggedPrediction = Wire<Prediction>;

/** Signatures of the versions that made the predictions, by version id. */
export type Signatures = Record<string, Pick<Signature, "inputs" | "labels" | "metadata">>;

interface PredictionsTableProps {
  predictions: LoggedPrediction[];
  signatures: Signatures;
  hrefOf: (prediction: LoggedPrediction) => string;
  /** Whether to show the additional columns for which a standalone list has room. */
  isWide?: boolean;
  empty?: ReactNode;
  foot?: ReactNode;
}

/** Renders logged requests, newest first; a failed one shows the reason instead of its prediction. */
export function PredictionsTable({ predictions, signatures, hrefOf, isWide, empty, foot }: PredictionsTableProps) {
  const withImages = Object.values(signatures).some((signature) => imageFieldOf(signature));
  const failed = ({ error }: LoggedPrediction) => error !== null;
  const decimals = columnDecimals(predictions.map(({ latencyMs }) => latencyMs));
  const columns: Column<LoggedPrediction>[] = [
    {
      key: "time",
      head: "Time",
      width: 88,
      cell: ({ at }) => (isWide ? <RelativeTime at={at} /> : <ClockTime at={at} seconds />),
    },
    ...(withImages
      ? [
          {
            key: "image",
            head: <span className="lw-hidden">Input</span>,
            cell: (row: LoggedPrediction) => <Thumb prediction={row} signatures={signatures} />,
          },
        ]
      : []),
    {
      key: "answer",
      head: "Prediction",
      span: (row) => (failed(row) ? 2 : 1),
      cell: (row) =>
        failed(row) ? (
          <Failure prediction={row} isWide={isWide} />
        ) : (
          (predictionOf(row, signatures[row.versionId]?.labels)?.text ?? <span className="lw-quiet">not stored</span>)
        ),
    },
    { key: "share", head: "Probability", cell: (row) => <Probability prediction={row} signatures={signatures} /> },
    {
      key: "version",
      head: "Version",
      cell: ({ version }) => (version === null ? <span className="lw-quiet">deleted</span> : `v${version}`),
    },
    {
      key: "took",
      head: "Duration",
      align: "right",
      cell: ({ latencyMs }) => formatUnit(latencyMs, "ms", { decimals }),
    },
    ...(isWide ? wideColumns : []),
    { key: "truth", head: "Label", cell: (row) => <Truth prediction={row} signatures={signatures} /> },
  ];
  return (
    <DataTable
      label={isWide ? "Predictions" : "Recent predictions"}
      density="dense"
      rows={predictions}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={hrefOf}
      empty={empty}
      foot={foot}
    />
  );
}

const wideColumns: Column<LoggedPrediction>[] = [
  { key: "arm", head: "Arm", cell: ({ arm }) => arm },
  { key: "loggedReason", head: "Logged because", cell: ({ loggedReason }) => loggedReasonLabels[loggedReason] },
  {
    key: "request",
    head: "Request",
    cell: ({ requestId }) => <code title={requestId}>{truncateMiddle(requestId, 20)}</code>,
  },
];

interface PartProps {
  prediction: LoggedPrediction;
  signatures: Signatures;
}

function Failure({ prediction: { status, error }, isWide }: { prediction: LoggedPrediction; isWide?: boolean }) {
  return (
    <span className={classes.failure} data-wide={isWide || undefined} title={error ?? ""}>
      <StatusBadge state={status >= 500 ? "missed" : "watch"}>{status}</StatusBadge>
      <span className="lw-truncate">{error}</span>
    </span>
  );
}

function Probability({ prediction, signatures }: PartProps) {
  const predicted = predictionOf(prediction, signatures[prediction.versionId]?.labels);
  if (!predicted || predicted.share === null) return <span className="lw-quiet">–</span>;
  return <BarCell value={predicted.share} text={formatPercent(predicted.share, { decimals: 1 })} />;
}

function Truth({ prediction, signatures }: PartProps) {
  const right = isCorrect(prediction, signatures[prediction.versionId]?.labels);
  if (prediction.label === null) return <span className="lw-quiet">{prediction.error ? noValue : "no label yet"}</span>;
  if (right === undefined) return prediction.label;
  return right ? (
    <StatusBadge state="on-target">correct</StatusBadge>
  ) : (
    <StatusBadge state="missed">{`incorrect, was ${prediction.label}`}</StatusBadge>
  );
}

/** Returns the image input, if there is one. */
export function imageFieldOf(signature: Signatures[string] | undefined) {
  const field = signature && fieldsOf(signature).find(({ kind }) => kind === "image");
  return field?.kind === "image" ? field : undefined;
}

function Thumb({ prediction, signatures }: PartProps) {
  const field = imageFieldOf(signatures[prediction.versionId]);
  const input = field && storedTensors(prediction.inputs).find(({ name }) => name === field.name);
  if (!field || !input || input.shape[0] !== 1) return null;
  return <TensorImage value={input} spec={field.image} size={24} alt="" />;
}
