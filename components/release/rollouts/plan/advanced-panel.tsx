"use client";

import { NativeSelect } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { formatDuration } from "#components/ui/format-time.ts";
import { PanelSection } from "#components/ui/panel.tsx";
import type { RolloutEstimate } from "#server/release/rollouts/estimate/contract.ts";
import { changePurposes } from "#server/serve/endpoints/constants.ts";
import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { formatWeight } from "../rollout-text.ts";
import { DetectionTable } from "./detection-table.tsx";
import { GuardrailsEditor } from "./guardrails-editor.tsx";
import type { PlanDraft } from "./plan-draft.ts";
import { PlanOptions } from "./plan-options.tsx";
import classes from "./start.module.css";
import { StepsEditor } from "./steps-editor.tsx";

const purposeNames: Record<ChangePurpose, string> = {
  change: "New version",
  reliability: "Reliability",
  fix: "Fix",
  security: "Security",
  rollback: "Return to an earlier version",
};

interface AdvancedPanelProps {
  draft: PlanDraft;
  onChange: (change: Partial<PlanDraft>) => void;
  /** Parts in which the plan differs from the default. */
  differences: readonly string[];
  /** Error messages by path within the plan: "steps.0.weight". */
  errors: Record<string, string>;
  estimate: RolloutEstimate | undefined;
  purpose: ChangePurpose;
  onPurpose: (purpose: ChangePurpose) => void;
  opened: boolean;
  onToggle: () => void;
}

/** Folds everything else about the plan; folded, it shows the main settings and what differs from the default. */
export function AdvancedPanel(props: AdvancedPanelProps) {
  const { draft, onChange, differences, errors, estimate, opened, onToggle } = props;
  const hasErrors = Object.keys(errors).length > 0;
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <section className={classes.part} id="advanced">
      <button className={classes.fold} type="button" aria-expanded={opened} onClick={onToggle}>
        <Chevron size={15} stroke={1.8} aria-hidden="true" />
        <strong>Advanced</strong>
        <span className={hasErrors ? classes.bad : "lw-small lw-quiet"}>
          {hasErrors
            ? "the plan is invalid"
            : differences.length === 0
              ? "same as the default"
              : `differs from the default: ${differences.join(", ")}`}
        </span>
      </button>
      {opened ? (
        <>
          <PanelSection title="Steps">
            <StepsEditor steps={draft.steps} onChange={(steps) => onChange({ steps })} errors={errors} />
          </PanelSection>
          <PanelSection title="Guardrails">
            <GuardrailsEditor
              guardrails={draft.guardrails}
              onChange={(guardrails) => onChange({ guardrails })}
              errors={errors}
            />
          </PanelSection>
          <PanelSection title="Rules">
            <PlanOptions draft={draft} onChange={onChange} errors={errors} />
            <NativeSelect
              className={classes.purpose}
              label="Kind of change"
              description="While the error budget is low or an incident is open, only repairs may proceed"
              data={changePurposes.map((value) => ({ value, label: purposeNames[value] }))}
              value={props.purpose}
              onChange={(event) => props.onPurpose(event.currentTarget.value as ChangePurpose)}
            />
          </PanelSection>
          {estimate && <DetectionTable estimate={estimate} draft={draft} />}
        </>
      ) : (
        <dl className={classes.settings}>
          {summaryOf(draft, purposeNames[props.purpose]).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function summaryOf(draft: PlanDraft, purpose: string): [string, string][] {
  const { steps, guardrails, unit, header, watchMinutes, watchShadowPercent } = draft;
  const minutes = (value: number | string) => formatDuration(Number(value) * 60_000);
  const [shortest, longest] = [
    Math.min(...steps.map(({ minMinutes }) => Number(minMinutes))),
    Math.max(...steps.map(({ maxMinutes }) => Number(maxMinutes))),
  ];
  const required = guardrails.filter(({ requiresVerdict }) => requiresVerdict).length;
  const approvals = steps.filter(({ needsApproval }) => needsApproval);
  const shadow = Number(watchShadowPercent) > 0 ? `, ${formatWeight(Number(watchShadowPercent) / 100)} in shadow` : "";
  return [
    ["Guardrails", `${guardrails.length}, ${required} require a verdict`],
    ["Each step", `${minutes(shortest)} to ${minutes(longest)}`],
    [
      "Approval",
      approvals.length === 0
        ? "none"
        : `after ${approvals.map(({ weightPercent }) => formatWeight(Number(weightPercent) / 100)).join(", ")}`,
    ],
    ["Split by", unit === "header" ? header || "header" : unit],
    ["Monitoring", Number(watchMinutes) > 0 ? `${minutes(watchMinutes)}${shadow}` : "none"],
    ["Kind of change", purpose],
  ];
}
