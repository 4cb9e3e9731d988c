import { Checkbox, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { type FormKind, formKinds, kindLabels, usualLimits } from "./draft.ts";
import { complaintOf, type FieldsProps } from "./fields.ts";
import classes from "./slo-form.module.css";

interface IndicatorFieldsProps extends FieldsProps {
  endpoints: { value: string; label: string }[];
  /** What a composite can be made of. */
  slos: { value: string; label: string }[];
}

const limitFields: Partial<Record<FormKind, { label: string; suffix: string; hint?: string }>> = {
  latency: { label: "Within", suffix: " ms" },
  freshness: {
    label: "Features at most this old",
    suffix: " h",
    hint: "Callers say when features were made by the header leeway-features-at.",
  },
  "realised-quality": {
    label: "Labels are complete after",
    suffix: " h",
    hint: "Younger predictions are pending and count nowhere.",
  },
  "label-timeliness": { label: "A label must come within", suffix: " h" },
  cost: { label: "1,000 predictions cost at most", suffix: "" },
};

/** What is counted, and where. */
export function IndicatorFields({ draft, change, complaints, endpoints, slos }: IndicatorFieldsProps) {
  const limit = limitFields[draft.kind];
  return (
    <>
      <div className={classes.pair}>
        <Select
          label="What is promised"
          data={formKinds.map((kind) => ({ value: kind, label: kindLabels[kind] }))}
          value={draft.kind}
          allowDeselect={false}
          onChange={(kind) =>
            kind && change({ kind: kind as FormKind, limit: usualLimits[kind as FormKind] ?? "", rules: null })
          }
        />
        {draft.kind !== "composite" && (
          <Select
            label="Endpoint"
            placeholder={draft.kind === "posted" ? "None" : "Choose an endpoint"}
            data={endpoints}
            value={draft.endpointId}
            searchable
            clearable={draft.kind === "posted"}
            error={complaintOf(complaints, "definition.indicator.endpointId", "definition.indicator")}
            onChange={(endpointId) => change({ endpointId })}
          />
        )}
      </div>
      {draft.kind === "composite" && (
        <div className={classes.pair}>
          <MultiSelect
            label="Made of"
            data={slos}
            value={draft.parts}
            searchable
            error={complaintOf(complaints, "definition.composite")}
            onChange={(parts) => change({ parts })}
          />
          <Select
            label="How they come together"
            data={[
              { value: "worst", label: "The worst one counts" },
              { value: "weighted", label: "Burn rates are averaged" },
              { value: "openslo", label: "Burn rates add up (OpenSLO)" },
            ]}
            value={draft.mode}
            allowDeselect={false}
            onChange={(mode) => mode && change({ mode: mode as typeof draft.mode })}
          />
        </div>
      )}
      {draft.kind === "posted" && (
        <TextInput
          label="Source"
          description="Counts come by POST /api/v1/sli-counts under this name."
          value={draft.source}
          error={complaintOf(complaints, "definition.indicator.source")}
          onChange={(event) => change({ source: event.currentTarget.value })}
        />
      )}
      {limit && (
        <div className={classes.pair}>
          <NumberInput
            label={limit.label}
            suffix={limit.suffix}
            description={limit.hint}
            min={0}
            value={draft.limit}
            error={complaintOf(
              complaints,
              "definition.indicator.withinMs",
              "definition.indicator.atMostMs",
              "definition.indicator.maturityMs",
              "definition.indicator.mostPer1000",
            )}
            onChange={(value) => change({ limit: value })}
          />
          {draft.kind === "realised-quality" && (
            <NumberInput
              label="Right when off by at most"
              description="Empty asks for the same class."
              min={0}
              value={draft.tolerance}
              error={complaintOf(complaints, "definition.indicator.tolerance")}
              onChange={(tolerance) => change({ tolerance })}
            />
          )}
        </div>
      )}
      {draft.kind === "latency" && (
        <Checkbox
          label="Failed requests count as slow"
          description="Otherwise availability counts them; time-outs are always slow."
          checked={draft.countsFailures}
          onChange={(event) => change({ countsFailures: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
