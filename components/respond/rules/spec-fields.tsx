"use client";

import { NativeSelect, TextInput } from "@mantine/core";
import classes from "#components/alerting/alerts/alerts.module.css";
import { type RuleMetric, ruleMetrics } from "#server/respond/rules/contract.ts";
import { Choice } from "./choice.tsx";
import { metricNames, type RuleDraft } from "./rule-draft.ts";

interface SpecFieldsProps {
  draft: RuleDraft;
  change: (part: Partial<RuleDraft>) => void;
  findings: readonly string[];
  /** Label projects that a rule can watch. */
  projects: readonly { id: string; name: string }[];
  complaints: Record<string, string>;
}

const ops = [
  { value: ">", label: "above" },
  { value: ">=", label: "at or above" },
  { value: "<", label: "below" },
  { value: "<=", label: "at or below" },
];

/** Edits the settings specific to a kind of rule. */
export function SpecFields({ draft, change, findings, projects, complaints }: SpecFieldsProps) {
  const number = (
    key:
      | "value"
      | "windowMinutes"
      | "forMinutes"
      | "onHoldMinutes"
      | "below"
      | "spentShare"
      | "alphaBelow"
      | "errorShare"
      | "idleHours"
      | "trainingShare",
    label: string,
  ) => (
    <TextInput
      type="number"
      step="any"
      label={label}
      value={draft[key]}
      onChange={(event) => change({ [key]: event.currentTarget.value })}
      error={complaints[`spec.${key}`]}
    />
  );
  switch (draft.kind) {
    case "threshold":
      return (
        <div className={classes.row}>
          <NativeSelect
            label="Metric"
            data={ruleMetrics.map((metric) => ({ value: metric, label: metricNames[metric].name }))}
            value={draft.metric}
            onChange={(event) => change({ metric: event.currentTarget.value as RuleMetric })}
            error={complaints["spec.metric"]}
          />
          <NativeSelect
            label="Condition"
            data={ops}
            value={draft.op}
            onChange={(event) => change({ op: event.currentTarget.value as RuleDraft["op"] })}
          />
          {number("value", `Limit${metricNames[draft.metric].unit ? `, ${metricNames[draft.metric].unit}` : ""}`)}
          {number("windowMinutes", "Window, min")}
          {number("forMinutes", "For, min")}
        </div>
      );
    case "absent":
      return <div className={classes.row}>{number("windowMinutes", "No requests for, min")}</div>;
    case "budget":
      return <div className={classes.row}>{number("below", "Remaining below, %")}</div>;
    case "rollout":
      return (
        <>
          <Choice
            label="When a rollout"
            value={draft.rolloutOn}
            options={[
              { value: "rolled-back", label: "is rolled back" },
              { value: "held", label: "stays on hold too long" },
              { value: "promoted", label: "is promoted" },
            ]}
            onChange={(rolloutOn) => change({ rolloutOn })}
            error={complaints["spec.on"]}
          />
          {draft.rolloutOn.includes("held") && (
            <div className={classes.row}>{number("onHoldMinutes", "On hold longer than, min")}</div>
          )}
        </>
      );
    case "run-health":
      return (
        <Choice
          label="When a run is"
          value={draft.findings}
          options={findings.map((value) => ({ value, label: value.replaceAll("-", " ") }))}
          onChange={(found) => change({ findings: found })}
          error={complaints["spec.findings"]}
        />
      );
    case "spend":
      return (
        <>
          <Choice
            label="When the budget"
            value={draft.spendOn}
            options={[
              { value: "over-budget", label: "is forecast to exceed its budget this month" },
              { value: "spent", label: "has been spent to a given share" },
              { value: "unusual", label: "cost more than usual yesterday" },
            ]}
            onChange={(spendOn) => change({ spendOn })}
            error={complaints["spec.on"]}
          />
          {draft.spendOn.includes("spent") && (
            <div className={classes.row}>{number("spentShare", "Spent at least, % of the month")}</div>
          )}
        </>
      );
    case "labels":
      return (
        <>
          <Choice
            label="When"
            value={draft.labelsOn}
            options={[
              { value: "disagreement", label: "people disagree" },
              { value: "errors", label: "many labels are likely incorrect" },
              { value: "backlog", label: "the random audit cannot be labelled in time" },
              { value: "idle", label: "no one is labelling while items wait" },
            ]}
            onChange={(labelsOn) => change({ labelsOn })}
            error={complaints["spec.on"]}
          />
          <div className={classes.row}>
            <NativeSelect
              label="Label project"
              data={[
                { value: "", label: "All label projects" },
                ...projects.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              value={draft.labelProject}
              onChange={(event) => change({ labelProject: event.currentTarget.value })}
              error={complaints["spec.projectId"]}
            />
            {draft.labelsOn.includes("disagreement") && number("alphaBelow", "Alpha below")}
            {draft.labelsOn.includes("errors") && number("errorShare", "Likely incorrect, more than %")}
            {draft.labelsOn.includes("idle") && number("idleHours", "No labels for, h")}
          </div>
        </>
      );
    case "training":
      return (
        <>
          <Choice
            label="When"
            value={draft.trainingOn}
            options={[
              { value: "failed", label: "a job fails or is lost" },
              { value: "torn", label: "checkpoints are damaged" },
              { value: "unsaved", label: "a running job does not save" },
              { value: "stalled", label: "jobs wait for an engine that runs nothing or does not respond" },
              { value: "budget", label: "the month's budget is nearly spent" },
            ]}
            onChange={(trainingOn) => change({ trainingOn })}
            error={complaints["spec.on"]}
          />
          {draft.trainingOn.includes("budget") && (
            <div className={classes.row}>{number("trainingShare", "Spent at least, % of the month")}</div>
          )}
        </>
      );
    case "platform":
      return (
        <Choice
          label="When no worker is active, or when"
          value={draft.platformOn}
          options={[
            { value: "no-gateway", label: "no gateway is connected" },
            { value: "queue-stuck", label: "jobs have been waiting for more than 10 minutes" },
            { value: "notifications-dead", label: "notifications failed permanently" },
            { value: "items-set-aside", label: "recurring work keeps failing for single items" },
          ]}
          onChange={(platformOn) => change({ platformOn })}
          error={complaints["spec.on"]}
        />
      );
  }
}
