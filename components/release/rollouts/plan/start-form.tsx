"use client";

import { Button, Checkbox, NativeSelect, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { BlockedVersions } from "#components/release/blocks/blocked-versions.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { UnblockVersion, VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import type {
  PlanRollout,
  RolloutEstimate,
  RolloutSimulation,
  SimulateRollout,
} from "#server/release/rollouts/estimate/contract.ts";
import { type ChangePurpose, changePurposes } from "#server/serve/endpoints/contract.ts";
import type { StartRollout } from "#server/serve/rollout/contract.ts";
import { newRolloutHref, rolloutHref } from "../addresses.ts";
import { EstimatePanel } from "./estimate-panel.tsx";
import { GuardrailsEditor } from "./guardrails-editor.tsx";
import classes from "./plan.module.css";
import { type PlanDraft, planErrors, planOf, presets } from "./plan-draft.ts";
import { PlanOptions } from "./plan-options.tsx";
import { SimulatorPanel } from "./simulator-panel.tsx";
import { StepsEditor } from "./steps-editor.tsx";
import { type BlockOverride, isBlocked, type RolloutChoice, startReason, versionOptions } from "./version-options.ts";

interface StartFormProps {
  endpoint: { id: string; name: string };
  /** Currently serving version. */
  stable: { model: string; version: number };
  versions: readonly RolloutChoice[];
  chosen: RolloutChoice | undefined;
  /** Versions that the endpoint was rolled back from. */
  blocks: readonly VersionBlock[];
  unblock: (input: UnblockVersion) => Promise<ActionState<unknown>>;
  actorName: string;
  estimate: (input: PlanRollout) => Promise<ActionState<RolloutEstimate>>;
  simulate: (input: SimulateRollout) => Promise<ActionState<RolloutSimulation>>;
  start: (input: StartRollout) => Promise<ActionState<{ id: string }>>;
  /** Reason why no one, or not this user, can start a rollout now. */
  why?: string | undefined;
  /** Reason why this user can neither unblock a version nor choose a blocked one. */
  whyBlocked?: string | undefined;
  /** The checklist of the version that is chosen. */
  children: ReactNode;
}

const purposeNames: Record<ChangePurpose, string> = {
  change: "New version",
  reliability: "Reliability",
  fix: "Fix",
  security: "Security",
  rollback: "Return to an earlier version",
};

/** Plans a rollout: version, steps and guardrails, with the estimated duration and a simulator. */
export function StartForm(props: StartFormProps) {
  const { endpoint, stable, versions, chosen, blocks, why } = props;
  const router = useRouter();
  const [preset, setPreset] = useState<string | undefined>("Standard");
  const [draft, setDraft] = useState<PlanDraft>(() => (presets[1] ?? presets[0])?.make() as PlanDraft);
  const [reason, setReason] = useState("");
  const [overridesBudget, setOverridesBudget] = useState(false);
  const [purpose, setPurpose] = useState<ChangePurpose>("change");
  const { state, busy, run } = useAction(props.start);
  const [override, setOverride] = useState<BlockOverride>();
  const plan = planOf(draft);
  const [debounced] = useDebouncedValue(JSON.stringify(plan), 400);
  const estimate = useQuery({
    queryKey: ["endpoint", endpoint.id, "rollout-estimate", debounced],
    queryFn: () => props.estimate({ endpointId: endpoint.id, plan: JSON.parse(debounced) }),
    placeholderData: (before) => before,
  });
  // The estimate runs the same validation as the start, so its errors appear while the user is typing.
  const errors = { ...planErrors(estimate.data?.fieldErrors), ...planErrors(state.fieldErrors) };
  const change = (part: Partial<PlanDraft>) => {
    setPreset(undefined);
    setDraft({ ...draft, ...part });
  };
  const isChosenBlocked = chosen !== undefined && isBlocked(chosen, override);
  const chosenAnyway = chosen?.block && !isChosenBlocked ? override : undefined;
  const needsOverride = /budget/i.test(state.error ?? "");

  function choose({ model, version }: { model: string; version: number }) {
    router.replace(newRolloutHref({ endpoint: endpoint.name, model, version }), { scroll: false });
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!chosen) return;
    const { model, version } = chosen;
    run(
      {
        endpointId: endpoint.id,
        model,
        version,
        plan,
        reason: startReason(reason, chosenAnyway),
        overridesBudget,
        overridesBlock: chosenAnyway !== undefined,
        purpose,
      },
      ({ id }) => {
        toast.done(`The rollout of v${version} starts once gateways have loaded it.`);
        router.push(rolloutHref(id));
      },
    );
  }

  return (
    <form className={classes.page} onSubmit={submit}>
      <Panel title="Version" subtitle={`${endpoint.name} serves ${stable.model} v${stable.version}`}>
        <div className={classes.subject}>
          <NativeSelect
            label="New version"
            data={[
              ...(chosen ? [] : [{ value: "", label: "Choose a version" }]),
              ...versionOptions(versions, override),
            ]}
            value={chosen ? `${chosen.model} ${chosen.version}` : ""}
            onChange={({ currentTarget: { value } }) => {
              const at = value.lastIndexOf(" ");
              choose({ model: value.slice(0, at), version: Number(value.slice(at + 1)) });
            }}
            error={state.fieldErrors?.version ?? state.fieldErrors?.model}
          />
        </div>
        <BlockedVersions
          endpoint={endpoint}
          blocks={blocks.filter(({ versionId }) => versionId !== override?.versionId)}
          unblock={props.unblock}
          actorName={props.actorName}
          why={props.whyBlocked}
          onChoose={(block, because) => {
            setOverride({ versionId: block.versionId, reason: because });
            choose(block);
          }}
        />
      </Panel>
      {props.children}
      <Panel title="Plan" subtitle="traffic shifts step by step; after the last step the new version serves everything">
        <div className={classes.editor}>
          <fieldset className={classes.presets} aria-label="Rollout presets">
            {presets.map(({ name, words, make }) => (
              <button
                className={classes.preset}
                type="button"
                aria-pressed={preset === name}
                onClick={() => {
                  setDraft(make());
                  setPreset(name);
                }}
                key={name}
              >
                <strong>{name}</strong>
                <span className="lw-small lw-quiet">{words}</span>
              </button>
            ))}
          </fieldset>
          <StepsEditor steps={draft.steps} onChange={(steps) => change({ steps })} errors={errors} />
        </div>
      </Panel>
      <Panel
        title="Guardrails"
        subtitle="a regression in any of them rolls back all traffic; early verdicts speed up a good version"
      >
        <GuardrailsEditor
          guardrails={draft.guardrails}
          onChange={(guardrails) => change({ guardrails })}
          errors={errors}
        />
      </Panel>
      <Panel title="Rules">
        <PlanOptions draft={draft} onChange={change} errors={errors} />
      </Panel>
      <Estimate estimate={estimate} draft={draft} />
      <SimulatorPanel input={{ endpointId: endpoint.id, plan }} simulate={props.simulate} />
      <Panel title="Start">
        <div className={classes.editor}>
          <Textarea
            label="Reason"
            w="100%"
            rows={2}
            maxLength={2000}
            placeholder="What is new in this version"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={state.fieldErrors?.reason}
          />
          <NativeSelect
            label="Kind of change"
            description="When the error budget is low, only fixes and reliability changes may proceed"
            data={changePurposes.map((value) => ({ value, label: purposeNames[value] }))}
            value={purpose}
            onChange={(event) => setPurpose(event.currentTarget.value as ChangePurpose)}
          />
          {(needsOverride || overridesBudget) && (
            <Checkbox
              label="Override the error budget; recorded with your name and the reason"
              checked={overridesBudget}
              onChange={(event) => setOverridesBudget(event.currentTarget.checked)}
            />
          )}
          <div className={classes.start}>
            {chosenAnyway && (
              <span className={classes.error}>
                <StatusShape state="missed" />{" "}
                {`v${chosen?.version} is blocked here, chosen anyway: ${chosenAnyway.reason}`}
              </span>
            )}
            <Button
              type="submit"
              disabled={Boolean(why) || !chosen || chosen.problem !== undefined || isChosenBlocked}
              aria-disabled={busy}
            >
              {busy ? "Starting…" : `Start rollout${chosen ? ` of v${chosen.version}` : ""}`}
            </Button>
            {why && <span className="lw-small lw-quiet">{why}</span>}
            {!why && isChosenBlocked && (
              <span className="lw-small lw-quiet">{`v${chosen.version} is blocked here. Choose another version, or choose it anyway above.`}</span>
            )}
            {state.error && (
              <span role="alert" className={classes.error}>
                {state.error}
              </span>
            )}
            {!state.ok && Object.keys(planErrors(state.fieldErrors)).length > 0 && (
              <span role="alert" className={classes.error}>
                The plan is invalid: check the fields above.
              </span>
            )}
          </div>
        </div>
      </Panel>
    </form>
  );
}

interface EstimateProps {
  estimate: { data: ActionState<RolloutEstimate> | undefined; error: Error | null };
  draft: PlanDraft;
}

function Estimate({ estimate: { data, error }, draft }: EstimateProps) {
  const { data: found, error: refusal, fieldErrors } = data ?? {};
  if (found) return <EstimatePanel estimate={found} draft={draft} />;
  return (
    <Panel id="estimate" title="Estimate">
      {fieldErrors && Object.keys(fieldErrors).length > 0 ? (
        <p className="lw-muted">The plan is invalid: check the fields below.</p>
      ) : error || refusal ? (
        <FailedState title="Could not estimate the plan">
          {refusal ?? error?.message} You can still use the form.
        </FailedState>
      ) : (
        <Skeleton height={120} />
      )}
    </Panel>
  );
}
