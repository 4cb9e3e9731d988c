import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/states.tsx";

/** Explains the first steps as long as no model is registered. */
export function FirstModel({ trackingUrl }: { trackingUrl: string }) {
  return (
    <EmptyState title="No models registered">
      <p>Register one from a training script, or upload an ONNX file with “Register version…” above.</p>
      <div style={{ marginTop: 10 }}>
        <CodeBlock examples={[{ label: "Python", code: example(trackingUrl) }]} />
      </div>
    </EmptyState>
  );
}

function example(trackingUrl: string): string {
  return [
    `# export MLFLOW_TRACKING_URI=${trackingUrl}`,
    "# export MLFLOW_TRACKING_TOKEN=…   with the scopes tracking and registry",
    "import mlflow",
    "",
    "with mlflow.start_run():",
    "    mlflow.onnx.log_model(",
    '        onnx_model, name="model", registered_model_name="parcel-damage"',
    "    )",
  ].join("\n");
}
