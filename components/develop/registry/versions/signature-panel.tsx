import { describeHint } from "#components/develop/registry/versions/describe-hint.ts";
import { type InputHint, readHints } from "#components/develop/registry/versions/input-hints.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { Shape } from "./shape.tsx";
import classes from "./signature-panel.module.css";

interface Row extends TensorSpec {
  direction: "Input" | "Output";
  hint: InputHint | undefined;
}

const columns: Column<Row>[] = [
  { key: "name", head: "Name", cell: (row) => <code>{row.name}</code> },
  { key: "direction", head: "Direction", cell: (row) => row.direction },
  { key: "datatype", head: "Type", cell: (row) => <code>{row.datatype}</code> },
  { key: "shape", head: "Shape", cell: (row) => <Shape shape={row.shape} /> },
];

/** Only for a file that says more of its inputs than their type. */
const meaning: Column<Row> = {
  key: "meaning",
  head: "Description from file",
  cell: ({ hint }) => hint && <span className={classes.meaning}>{describeHint(hint)}</span>,
};

interface SignaturePanelProps {
  inspection: "pending" | "servable" | "unservable";
  /** Reason why it cannot be served. */
  message: string | null;
  signature: Signature | null;
}

/** Shows the inputs and outputs of a version according to its file, or the reason why they are unknown. */
export function SignaturePanel({ inspection, message, signature }: SignaturePanelProps) {
  const subtitle = "Inputs and outputs, read from the model file";
  if (!signature) {
    return (
      <Panel title="Signature" subtitle={subtitle} flush>
        {inspection === "pending" ? (
          <EmptyState title="Inspecting the model file">
            The signature appears here once inspection finishes.
          </EmptyState>
        ) : (
          <FailedState title="This version cannot be served">
            {message ?? "The file contains no signature."} The version stays registered, with its run and lineage.
          </FailedState>
        )}
      </Panel>
    );
  }
  const hints = readHints(signature);
  const hasHints = Object.keys(hints).length > 0;
  const rows: Row[] = [
    ...signature.inputs.map((input): Row => ({ ...input, direction: "Input", hint: hints[input.name] })),
    ...signature.outputs.map((output): Row => ({ ...output, direction: "Output", hint: undefined })),
  ];
  return (
    <Panel title="Signature" subtitle={subtitle} flush>
      <DataTable
        label="Signature"
        rows={rows}
        columns={hasHints ? [...columns, meaning] : columns}
        rowKey={(row) => `${row.direction} ${row.name}`}
        density="compact"
        maxHeight="400px"
      />
      <PanelSection>
        <SignatureFacts signature={signature} hasHints={hasHints} />
      </PanelSection>
    </Panel>
  );
}

function SignatureFacts({ signature, hasHints }: { signature: Signature; hasHints: boolean }) {
  const { labels = [], metadata } = signature;
  const opsets = Object.entries(signature.opsets).map(([domain, version]) => `${domain || "ai.onnx"} ${version}`);
  const others = Object.entries(metadata).filter(([key]) => !(hasHints && key === "inputs"));
  return (
    <dl className="lw-facts">
      <dt>Operator sets</dt>
      <dd>{opsets.join(", ")}</dd>
      <dt>Producer</dt>
      <dd>{signature.producer || <span className="lw-muted">–</span>}</dd>
      <dt>ONNX IR version</dt>
      <dd>{signature.irVersion}</dd>
      <dt>Labels</dt>
      <dd>{labels.length > 0 ? <Labels labels={labels} /> : <span className="lw-muted">not specified</span>}</dd>
      {others.map(([key, value]) => (
        <Fact label={key} value={value} key={key} />
      ))}
    </dl>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

const maxLabels = 40;

function Labels({ labels }: { labels: string[] }) {
  const more = labels.length - maxLabels;
  return (
    <span className={classes.labels}>
      {labels.slice(0, maxLabels).map((label, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat; the place is the class
        <Tag key={index}>{label}</Tag>
      ))}
      {more > 0 && <span className="lw-small lw-quiet">and {more} more</span>}
    </span>
  );
}
