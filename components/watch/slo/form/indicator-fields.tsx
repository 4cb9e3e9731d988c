import { Button, Checkbox, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { type FormKind, formKinds, kindLabels, usualLimits } from "./draft.ts";
import { complaintOf, type FieldsProps } from "./fields.ts";
import classes from "./slo-form.module.css";

interface IndicatorFieldsProps extends FieldsProps {
  endpoints: { value: string; label: string }[];
  views: { value: string; label: string }[];
  /** SLOs that a composite can contain. */
  slos: { value: string; label: string }[];
  /** Proposes a limit for the selected view from its past. */
  propose: { run: () => void; busy: boolean; hint: string | undefined };
}

const limitFields: Partial<Record<FormKind, { label: string; suffix: string; hint?: string }>> = {
  latency: { label: "Within", suffix: " ms" },
  freshness: {
    label: "Maximum feature age",
    suffix: " h",
    hint: "Callers send the feature timestamp in the leeway-features-at header.",
  },
  "feature-freshness": { label: "Maximum age", suffix: " min" },
  "view-lag": {
    label: "Maximum lag",
    suffix: " min",
    hint: "Time between the newest event and the end of each minute.",
  },
  "realised-quality": {
    label: "Labels are complete after",
    suffix: " h",
    hint: "More recent predictions are pending and not counted.",
  },
  "label-timeliness": { label: "Labels due within", suffix: " h" },
  cost: { label: "Maximum cost per 1,000 predictions", suffix: "" },
};

/** Edits the indicator: the counted events and their source. */
export function IndicatorFields({ draft, change, complaints, endpoints, views, slos, propose }: IndicatorFieldsProps) {
  const limit = limitFields[draft.kind];
  const isOfView = draft.kind === "feature-freshness" || draft.kind === "view-lag";
  const needsNoEndpoint = draft.kind === "posted" || isOfView;
  return (
    <>
      <div className={classes.pair}>
        <Select
          label="SLI"
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
            placeholder={isOfView ? "Any" : draft.kind === "posted" ? "None" : "Select an endpoint"}
            data={endpoints}
            value={draft.endpointId}
            searchable
            clearable={needsNoEndpoint}
            error={complaintOf(complaints, "definition.indicator.endpointId", "definition.indicator")}
            onChange={(endpointId) => change({ endpointId })}
          />
        )}
      </div>
      {isOfView && (
        <div className={classes.pair}>
          <Select
            label="Feature view"
            placeholder={draft.kind === "view-lag" ? "Select a view" : "Any"}
            data={views}
            value={draft.viewId}
            searchable
            clearable={draft.kind === "feature-freshness"}
            error={complaintOf(complaints, "definition.indicator.viewId")}
            onChange={(viewId) => change({ viewId })}
          />
          <div className={classes.proposal}>
            <Button
              variant="default"
              aria-disabled={propose.busy || draft.viewId === null}
              onClick={() => draft.viewId !== null && propose.run()}
            >
              {propose.busy ? "Calculating…" : "Propose a limit"}
            </Button>
            <p className="lw-muted" role="status">
              {propose.hint ?? "From the last 14 days of the view."}
            </p>
          </div>
        </div>
      )}
      {draft.kind === "composite" && (
        <div className={classes.pair}>
          <MultiSelect
            label="Components"
            data={slos}
            value={draft.parts}
            searchable
            error={complaintOf(complaints, "definition.composite")}
            onChange={(parts) => change({ parts })}
          />
          <Select
            label="Aggregation"
            data={[
              { value: "worst", label: "Worst component" },
              { value: "weighted", label: "Average of burn rates" },
              { value: "openslo", label: "Sum of burn rates (OpenSLO)" },
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
          description="Counts are posted to /api/v1/sli-counts under this name."
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
              "definition.indicator.maxAgeMs",
              "definition.indicator.atMostMs",
              "definition.indicator.maturityMs",
              "definition.indicator.maxCostPer1000",
            )}
            onChange={(value) => change({ limit: value })}
          />
          {draft.kind === "label-timeliness" && (
            <Select
              label="Predictions"
              description="Label projects draw some at random, and label only these."
              data={[
                { value: "sampled", label: "All sampled ones" },
                { value: "audit", label: "Drawn at random by label projects" },
              ]}
              value={draft.labelsOf}
              allowDeselect={false}
              error={complaintOf(complaints, "definition.indicator.of")}
              onChange={(labelsOf) => labelsOf && change({ labelsOf: labelsOf as typeof draft.labelsOf })}
            />
          )}
          {draft.kind === "realised-quality" && (
            <NumberInput
              label="Tolerance"
              description="Leave empty to require the same class."
              min={0}
              value={draft.tolerance}
              error={complaintOf(complaints, "definition.indicator.tolerance")}
              onChange={(tolerance) => change({ tolerance })}
            />
          )}
        </div>
      )}
      {draft.kind === "feature-freshness" && (
        <Checkbox
          label="Count missing keys as too old"
          description="Otherwise, only look-ups that find features count."
          checked={draft.countsMissing}
          onChange={(event) => change({ countsMissing: event.currentTarget.checked })}
        />
      )}
      {draft.kind === "latency" && (
        <Checkbox
          label="Count failed requests as slow"
          description="Otherwise they count against availability only; timeouts are always slow."
          checked={draft.countsFailures}
          onChange={(event) => change({ countsFailures: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
