import { NumberInput, PasswordInput, TextInput } from "@mantine/core";
import type { Engine, NewEngine } from "#server/serve/engines/contract.ts";

/** State of the form that configures an engine. */
interface EngineForm {
  url: string;
  model: string;
  modelVersion: string;
  timeoutMs: number;
  headerName: string;
  headerValue: string;
}

/** Returns the initial values of the form: the current engine, or an empty one. */
export function engineForm(modelName: string, engine: Engine | null | undefined): EngineForm {
  return {
    url: engine?.url ?? "",
    model: engine?.model ?? modelName,
    modelVersion: engine?.modelVersion ?? "",
    timeoutMs: engine?.timeoutMs ?? 10_000,
    headerName: engine?.headerName ?? "",
    headerValue: "",
  };
}

/** Converts the form to the input of the deployment. */
export function toNewEngine({ url, model, modelVersion, timeoutMs, headerName, headerValue }: EngineForm): NewEngine {
  const name = headerName.trim();
  return {
    url: url.trim(),
    model: model.trim(),
    timeoutMs,
    ...(modelVersion.trim() && { modelVersion: modelVersion.trim() }),
    ...(name && { header: { name, ...(headerValue && { value: headerValue }) } }),
  };
}

interface EngineFieldsProps {
  form: EngineForm;
  /** Complaints by field of the deployment, as "engine.url". */
  errors: Record<string, string>;
  onChange: (form: EngineForm) => void;
}

/** Edits the server that runs a version. */
export function EngineFields({ form, errors, onChange }: EngineFieldsProps) {
  const text = (key: "url" | "model" | "modelVersion" | "headerName" | "headerValue") => ({
    value: form[key],
    onChange: (event: { currentTarget: { value: string } }) => onChange({ ...form, [key]: event.currentTarget.value }),
  });
  return (
    <>
      <TextInput
        label="Server URL"
        description="Any Open Inference Protocol server: Triton, KServe, MLServer, OpenVINO"
        placeholder="https://triton.example.org"
        required
        {...text("url")}
        error={errors["engine.url"]}
      />
      <TextInput label="Remote model name" required {...text("model")} error={errors["engine.model"]} />
      <TextInput
        label="Remote version"
        placeholder="server default"
        {...text("modelVersion")}
        error={errors["engine.modelVersion"]}
      />
      <NumberInput
        label="Timeout per attempt, ms"
        min={10}
        max={600_000}
        value={form.timeoutMs}
        onChange={(value) => onChange({ ...form, timeoutMs: Number(value) || 10_000 })}
        error={errors["engine.timeoutMs"]}
      />
      <TextInput
        label="Secret header"
        placeholder="Authorization"
        {...text("headerName")}
        error={errors["engine.header.name"]}
      />
      {form.headerName.trim() && (
        <PasswordInput
          label="Value of the secret header"
          description="Never shown again. Leave empty to keep the stored value for this URL."
          autoComplete="off"
          {...text("headerValue")}
          error={errors["engine.header.value"]}
        />
      )}
    </>
  );
}
