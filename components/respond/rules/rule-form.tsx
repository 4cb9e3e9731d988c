"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import { ruleHref } from "#components/alerting/alerts/addresses.ts";
import classes from "#components/alerting/alerts/alerts.module.css";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  AlertRule,
  AlertRuleSpec,
  CreateAlertRule,
  ReplayAlertRule,
  RuleReplay,
} from "#server/respond/rules/contract.ts";
import { draftOf, kindLabels, type RuleDraft, scaleOf, specOf } from "./rule-draft.ts";
import { RuleReplayPanel } from "./rule-replay.tsx";
import { SpecFields } from "./spec-fields.tsx";

interface Option {
  id: string;
  name: string;
}

export interface RuleFormProps {
  /** Rule to edit; without it, the form creates a new one. */
  rule?: AlertRule;
  endpoints: readonly Option[];
  teams: readonly Option[];
  runbooks: readonly Option[];
  /** All that run health finds. */
  findings: readonly string[];
  /** Label projects that a rule can watch. */
  projects: readonly Option[];
  save: (input: CreateAlertRule & { ruleId?: string }) => Promise<ActionState<{ id: string }>>;
  /** Describes the rule in a sentence. */
  say: (spec: AlertRuleSpec, endpoint: string | null) => Promise<string>;
  replay: (input: ReplayAlertRule) => Promise<ActionState<RuleReplay>>;
}

/** Renders the form of a rule that is not from an SLO, with its description and a replay on past data. */
export function RuleForm({ rule, endpoints, teams, runbooks, findings, projects, save, say, replay }: RuleFormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState(() => draftOf(rule));
  const { state, busy, run } = useAction(save);
  const complaints = state.fieldErrors ?? {};
  const change = (part: Partial<RuleDraft>) => setDraft({ ...draft, ...part });
  const spec = specOf(draft, rule?.spec);
  const hasEndpoint = !["run-health", "training", "platform"].includes(draft.kind);
  const endpoint = endpoints.find(({ id }) => id === draft.endpointId)?.name ?? null;
  const options = (none: string, list: readonly Option[]) => [
    { value: "", label: none },
    ...list.map(({ id, name }) => ({ value: id, label: name })),
  ];

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { name, severity } = draft;
    const endpointId = hasEndpoint && draft.endpointId ? draft.endpointId : null;
    const owners = { teamId: draft.teamId || null, runbookId: draft.runbookId || null };
    run({ ...(rule && { ruleId: rule.id }), name, severity, endpointId, spec, ...owners }, ({ id }) => {
      toast.done(`Rule ${name} saved.`);
      router.push(ruleHref(id));
    });
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        description="The alertname label of its alerts."
        value={draft.name}
        maxLength={100}
        onChange={(event) => change({ name: event.currentTarget.value })}
        error={complaints.name}
        data-autofocus
      />
      <div className={classes.row}>
        <NativeSelect
          label="Fires when"
          data={Object.entries(kindLabels).map(([value, label]) => ({ value, label }))}
          value={draft.kind}
          disabled={rule !== undefined}
          onChange={(event) => change({ kind: event.currentTarget.value as RuleDraft["kind"] })}
        />
        {hasEndpoint && (
          <NativeSelect
            label="Endpoint"
            data={options("All endpoints", endpoints)}
            value={draft.endpointId}
            onChange={(event) => change({ endpointId: event.currentTarget.value })}
            error={complaints.endpointId}
          />
        )}
      </div>
      <SpecFields draft={draft} change={change} findings={findings} projects={projects} complaints={complaints} />
      <RuleReplayPanel
        key={draft.kind}
        spec={spec}
        endpoint={endpoint}
        say={say}
        replay={replay}
        endpointId={draft.endpointId}
        scale={scaleOf(draft.metric)}
      />
      <div className={classes.row}>
        <NativeSelect
          label="Severity"
          description="A page wakes someone up: it needs an owner and a runbook."
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={[
            { value: "ticket", label: "Ticket: within 3 working days" },
            { value: "page", label: "Page: now" },
          ]}
          value={draft.severity}
          onChange={(event) => change({ severity: event.currentTarget.value as RuleDraft["severity"] })}
          error={complaints.severity}
        />
        <NativeSelect
          label="Team"
          data={options("Inherit from the endpoint", teams)}
          value={draft.teamId}
          onChange={(event) => change({ teamId: event.currentTarget.value })}
          error={complaints.teamId}
        />
        <NativeSelect
          label="Runbook"
          data={options("None", runbooks)}
          value={draft.runbookId}
          onChange={(event) => change({ runbookId: event.currentTarget.value })}
          error={complaints.runbookId}
        />
      </div>
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : rule ? "Save" : "Add rule"}
        </Button>
      </div>
    </form>
  );
}
