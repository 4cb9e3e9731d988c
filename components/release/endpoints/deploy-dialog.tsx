"use client";

import { Checkbox, Select, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { EngineFields, engineForm, toNewEngine } from "#components/serve/endpoints/engine-fields.tsx";
import { providerName } from "#components/serve/endpoints/provider-name.ts";
import { versionLabel } from "#components/serve/endpoints/version-label.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { Engine, NewEngine } from "#server/serve/engines/contract.ts";
import { compatibility, deployConsequences, type VersionChoice } from "./deploy-text.ts";

/** Endpoint to deploy to; without an id, the deployment creates it. */
export interface DeployTarget {
  id?: string | undefined;
  name: string;
  current?: VersionChoice | undefined;
  /** Runs what serves now. */
  engine?: Engine | null | undefined;
}

export interface DeployInput {
  /** Id of the endpoint; if omitted, an endpoint with that name is created. */
  endpointId?: string | undefined;
  endpointName: string;
  model: string;
  version: number;
  providers: ExecutionProvider[];
  engine?: NewEngine | undefined;
  reason: string;
  /** Although an error budget of the endpoint makes changes wait. */
  overridesBudget?: boolean | undefined;
  /** Although the endpoint was rolled back from the version: it is unblocked. */
  overridesBlock?: boolean | undefined;
  /** A rollback blocks the version that it leaves. */
  purpose?: "change" | "rollback" | undefined;
}

export type DeployAction = (input: DeployInput) => Promise<ActionState<{ endpoint: string }>>;

interface DeployDialogProps {
  target: DeployTarget;
  version: VersionChoice;
  deploy: DeployAction;
  actorName: string;
  /** Execution providers configured for the gateways. */
  providers: readonly ExecutionProvider[];
  onClose: () => void;
}

const onEngine = "engine";
const elsewhere = { value: onEngine, label: "External inference server" };

function positionsHere(providers: readonly ExecutionProvider[]): { value: string; label: string }[] {
  const each = providers.length > 1 ? providers.map((one) => ({ value: one, label: providerName(one) })) : [];
  return [{ value: "", label: `Configured order: ${providers.map(providerName).join(", then ")}` }, ...each];
}

/** Asks for the reason of a deployment, and shows its effects and how to undo it. */
export function DeployDialog({ target, version, deploy, actorName, providers, onClose }: DeployDialogProps) {
  const router = useRouter();
  const [name, setName] = useState(target.name);
  const { current } = target;
  const [where, setWhere] = useState(version.needsEngine || target.engine ? onEngine : "");
  const [engine, setEngine] = useState(engineForm(version.modelName, target.engine));
  const { complaints, refused } = useComplaints((field) => field === "name" || field.startsWith("engine."));
  // The override is offered only after the budget has rejected the deployment, so that no one selects it beforehand.
  const [isFrozen, setIsFrozen] = useState(false);
  const [overridesBudget, setOverridesBudget] = useState(false);
  const [isBlocked, setIsBlocked] = useState(false);
  const [overridesBlock, setOverridesBlock] = useState(false);
  const next = versionLabel(version, current);

  async function confirm(reason: string): Promise<string | false | undefined> {
    if (!target.id && !name.trim()) return refused({ fieldErrors: { name: "Enter a name for the new endpoint." } });
    const result = await deploy({
      endpointId: target.id,
      endpointName: name.trim(),
      model: version.modelName,
      version: version.version,
      providers: where && where !== onEngine ? [where as ExecutionProvider] : [],
      engine: where === onEngine ? toNewEngine(engine) : undefined,
      reason,
      overridesBudget,
      overridesBlock,
    });
    if (/error budget/i.test(result.error ?? "")) setIsFrozen(true);
    if (/is blocked on/.test(result.error ?? result.fieldErrors?.version ?? "")) setIsBlocked(true);
    if (!result.ok || !result.data) return refused(result);
    toast.done(`${result.data.endpoint} serves ${versionLabel(version, undefined)} as soon as it is loaded.`);
    router.push(endpointTabHref(result.data.endpoint, "releases"));
    router.refresh();
    return undefined;
  }

  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={target.id ? `Deploy ${next} to ${target.name}?` : `Deploy ${next} to a new endpoint?`}
      evidence={[compatibility(current, version), ...(version.concerns ?? [])].filter(Boolean).join(" ")}
      consequences={deployConsequences({ endpoint: name || "the endpoint", before: current, after: version })}
      reasons={current ? ["Higher quality", "Lower latency", "Bug fix"] : ["First release"]}
      confirmLabel={`Deploy ${next}`}
      cancelLabel={current ? `Keep ${versionLabel(current, version)}` : "Cancel"}
      actorName={actorName}
      onConfirm={confirm}
    >
      {!target.id && (
        <TextInput
          label="Endpoint name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={complaints.name}
        />
      )}
      <Select
        label="Run on"
        value={where}
        onChange={(value) => setWhere(value ?? "")}
        allowDeselect={false}
        data={version.needsEngine ? [elsewhere] : [...positionsHere(providers), elsewhere]}
      />
      {isFrozen && (
        <Checkbox
          label="Override the error budget; recorded with your name and the reason"
          checked={overridesBudget}
          onChange={(event) => setOverridesBudget(event.currentTarget.checked)}
        />
      )}
      {isBlocked && (
        <Checkbox
          label={`Unblock ${next}; recorded with your name and the reason`}
          checked={overridesBlock}
          onChange={(event) => setOverridesBlock(event.currentTarget.checked)}
        />
      )}
      {where === onEngine && <EngineFields form={engine} errors={complaints} onChange={setEngine} />}
    </ConfirmWithReason>
  );
}
