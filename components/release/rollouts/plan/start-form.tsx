"use client";

import { Button, Checkbox, Textarea } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { type DeployAction, DeployDialog, type DeployTarget } from "#components/release/endpoints/deploy-dialog.tsx";
import type { VersionChoice } from "#components/release/endpoints/deploy-text.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { formatNumber, nbsp } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { keysAreFree } from "#components/ui/keys.ts";
import { Link } from "#components/ui/link.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { useNow } from "#components/ui/now.tsx";
import { useQuery } from "#components/ui/queries.ts";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import { rolloutPlans } from "#server/platform/teams/constants.ts";
import type { ComparePlans, PlanRollout, RolloutEstimate } from "#server/release/rollouts/estimate/contract.ts";
import type { StartChoice } from "#server/release/rollouts/start-choices/contract.ts";
import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import type { StartRollout } from "#server/serve/rollout/contract.ts";
import type { BudgetGate } from "#server/watch/slo/budget-gate/contract.ts";
import { newRolloutHref, rolloutHref } from "../addresses.ts";
import { formatWeight } from "../rollout-text.ts";
import { AdvancedPanel } from "./advanced-panel.tsx";
import { type PlanColumn, PlanColumns, type PlanKey } from "./plan-columns.tsx";
import {
  defaultPreset,
  differencesOf,
  type PlanDraft,
  type PresetKey,
  planErrors,
  planOf,
  presets,
} from "./plan-draft.ts";
import { anywayReason, isHeldBack, type Overruled, reviewRows } from "./review-rows.ts";
import classes from "./start.module.css";
import { StepTimes } from "./step-times.tsx";
import { VersionTable } from "./version-table.tsx";

interface StartFormProps {
  endpoint: { id: string; name: string };
  /** Currently serving version. */
  stable: { model: string; version: number };
  /** Newest first. */
  choices: readonly StartChoice[];
  /** With what the form starts: from the address, else the defaults. */
  initial: { versionId: string | undefined; plan: PresetKey | undefined };
  /** Default of the team that owns the endpoint. */
  teamPlan: PresetKey | null;
  budget: Pick<BudgetGate, "allow" | "reason" | "slos">;
  /** The open incident of the endpoint, which holds all changes but repairs. */
  incident: { number: number; title: string; href: string } | undefined;
  /** Deploys the chosen version at once, where traffic is too little for evidence. */
  deployment: {
    target: DeployTarget;
    versions: readonly VersionChoice[];
    deploy: DeployAction;
    providers: readonly ExecutionProvider[];
    why: string | undefined;
  };
  actorName: string;
  compare: (input: ComparePlans) => Promise<ActionState<RolloutEstimate[]>>;
  estimate: (input: PlanRollout) => Promise<ActionState<RolloutEstimate>>;
  start: (input: StartRollout) => Promise<ActionState<{ id: string }>>;
  /** Reason why no one, or not this user, can start a rollout now. */
  why: ReactNode;
  /** Reason why this user may choose no version that something speaks against. */
  whyNotAnyway: string | undefined;
}

/** Purposes of a change that an open incident does not hold, as the server decides it (server/respond/incidents/open-incident-of.ts). */
const repairs: readonly ChangePurpose[] = ["fix", "security", "rollback"];

/** Starts a rollout on one page: the version, the plan, and the review of both. Cmd/Ctrl+Enter starts, Esc returns. */
export function StartForm(props: StartFormProps) {
  const { endpoint, stable, choices, budget, incident, actorName } = props;
  const router = useRouter();
  const now = useNow(60_000);
  const modKey = useModKey();
  const form = useRef<HTMLFormElement>(null);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const [versionId, setVersionId] = useState(props.initial.versionId);
  const [anyway, setAnyway] = useState<Overruled>();
  const usual = props.teamPlan ?? defaultPreset;
  const [plan, setPlan] = useState<PlanKey>(props.initial.plan ?? usual);
  const [custom, setCustom] = useState<PlanDraft>();
  const [drafts] = useState(() => rolloutPlans.map((key) => ({ key, draft: presets[key].make() })));
  const [isOpened, setOpened] = useState(false);
  const [written, setWritten] = useState<string>();
  const [missing, setMissing] = useState<string>();
  const [purpose, setPurpose] = useState<ChangePurpose>("change");
  const [overridesBudget, setOverridesBudget] = useState(false);
  const [isDeploying, setDeploying] = useState(false);
  const { state, busy, run } = useAction(props.start);

  const chosen = choices.find((each) => each.versionId === versionId);
  const reason = written ?? chosen?.description ?? "";
  const presetOf = (key: PlanKey) => drafts.find((each) => each.key === key)?.draft;
  const draft = (plan === "custom" ? custom : presetOf(plan)) ?? (presetOf(usual) as PlanDraft);
  const [debounced] = useDebouncedValue(custom && JSON.stringify(planOf(custom)), 400);
  const compared = useQuery({
    queryKey: ["endpoint", endpoint.id, "rollout-plans"],
    queryFn: () => props.compare({ endpointId: endpoint.id, plans: drafts.map((each) => planOf(each.draft)) }),
  });
  const own = useQuery({
    queryKey: ["endpoint", endpoint.id, "rollout-estimate", debounced],
    queryFn: () => props.estimate({ endpointId: endpoint.id, plan: JSON.parse(debounced ?? "{}") }),
    enabled: debounced !== undefined,
    placeholderData: (before) => before,
  });
  // The estimate runs the same validation as the start, so its errors appear while the user is typing.
  const errors = { ...(plan === "custom" && planErrors(own.data?.fieldErrors)), ...planErrors(state.fieldErrors) };
  const columns: PlanColumn[] = [
    ...drafts.map(
      ({ key, draft }, index): PlanColumn => ({
        key,
        name: presets[key].name,
        note: key === usual ? (props.teamPlan ? "team default" : "default") : undefined,
        draft,
        estimate: compared.data?.data?.[index],
      }),
    ),
    ...(custom
      ? [{ key: "custom" as const, name: "Custom", note: undefined, draft: custom, estimate: own.data?.data }]
      : []),
  ];
  const estimate = columns.find(({ key }) => key === plan)?.estimate;
  const problem = compared.error?.message ?? compared.data?.error;
  const traffic = compared.data?.data?.[0]?.traffic;
  const isHeldByIncident = incident !== undefined && !repairs.includes(purpose);
  const stableName = `v${stable.version}`;

  const show = (version: StartChoice | undefined, key: PlanKey) => {
    const href = newRolloutHref({
      endpoint: endpoint.name,
      ...(version && { version: version.version }),
      ...(version && version.model !== stable.model && { model: version.model }),
      ...(key !== "custom" && { plan: key }),
    });
    window.history.replaceState(null, "", href);
  };
  const choosePlan = (key: PlanKey) => {
    setPlan(key);
    show(chosen, key);
  };

  useEffect(() => {
    function back(event: KeyboardEvent) {
      // Esc first closes what is open.
      const isOverlaid = document.querySelector("[role=dialog], [role=listbox], [role=menu]") !== null;
      if (event.key !== "Escape" || !keysAreFree(event) || isOverlaid) return;
      if (window.history.length > 1) router.back();
      else router.push("/rollouts");
    }
    window.addEventListener("keydown", back, { capture: true });
    return () => window.removeEventListener("keydown", back, { capture: true });
  }, [router]);
  useHotkeys([["mod+Enter", () => form.current?.requestSubmit()]], []);

  const hold = holdOf();
  function holdOf(): ReactNode {
    if (props.why) return props.why;
    if (incident && isHeldByIncident)
      return (
        <>
          On hold: <Link href={incident.href}>INC-{incident.number}</Link> is open, {incident.title}. Resolve it first,
          or select Fix as the kind of change under Advanced.
        </>
      );
    if (!chosen) return "Choose a version.";
    if (chosen.problem !== undefined) return `v${chosen.version} ${chosen.problem}.`;
    if (isHeldBack(chosen, anyway))
      return `${chosen.obstacles[0]?.title}. Choose another version, or choose v${chosen.version} anyway.`;
    return undefined;
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!chosen || hold || document.querySelector("[role=dialog][aria-modal=true]")) return;
    if (!reason.trim()) {
      setMissing("Describe the change.");
      reasonField.current?.focus();
      return;
    }
    const { model, version } = chosen;
    run(
      {
        endpointId: endpoint.id,
        model,
        version,
        plan: planOf(draft),
        reason: reason.trim(),
        overridesBudget,
        anywayReason: anywayReason(chosen, anyway),
        purpose,
      },
      ({ id }) => {
        toast.done(`The rollout of v${version} starts once gateways have loaded it.`);
        router.push(rolloutHref(id));
      },
    );
  }

  const mayDeploy = estimate?.seconds === null && chosen?.problem === undefined;
  const deployable = props.deployment.versions.find(
    ({ modelName, version }) => modelName === chosen?.model && version === chosen.version,
  );
  const needsOverride = /budget|frozen/i.test(state.error ?? "") || overridesBudget;
  return (
    <form className={classes.page} onSubmit={submit} ref={form} noValidate>
      <div className={classes.main}>
        <section className={classes.part} id="version">
          <PartHead number={1} title="Version" subtitle="the newest version with passed gates is selected" />
          <VersionTable
            endpoint={endpoint.name}
            choices={choices}
            chosen={chosen}
            anyway={anyway}
            onChoose={(choice, because) => {
              setVersionId(choice.versionId);
              if (because) setAnyway(because);
              show(choice, plan);
            }}
            actorName={actorName}
            whyNotAnyway={props.whyNotAnyway}
          />
        </section>
        <section className={classes.part} id="plan">
          <PartHead
            number={2}
            title="Plan"
            subtitle={
              traffic?.requestsPerSecond == null
                ? "estimated from the traffic of the last 7 days"
                : `estimated from the traffic of the last 7 days, now ${formatNumber(traffic.requestsPerSecond)}${nbsp}requests/s`
            }
            right={
              <button className={classes.link} type="button" onClick={() => setOpened(true)}>
                Custom plan…
              </button>
            }
          />
          {problem && (
            <FailedState title="Could not estimate the plans">{problem} You can still use the form.</FailedState>
          )}
          <PlanColumns columns={columns} chosen={plan} onChoose={choosePlan} failed={Boolean(problem)} now={now} />
        </section>
        <AdvancedPanel
          draft={draft}
          onChange={(change) => {
            setCustom({ ...draft, ...change });
            choosePlan("custom");
          }}
          differences={differencesOf(draft, presetOf(usual) as PlanDraft)}
          errors={errors}
          estimate={estimate}
          purpose={purpose}
          onPurpose={setPurpose}
          opened={isOpened || Object.keys(errors).length > 0}
          onToggle={() => setOpened(!isOpened)}
        />
      </div>
      <section className={classes.part} id="review" data-review>
        <PartHead number={3} title="Review" />
        <div className={classes.review}>
          {chosen && (
            <>
              <p className={classes.sentence}>
                v{chosen.version} replaces {stableName}{" "}
                {estimate?.seconds == null ? (
                  "step by step"
                ) : (
                  <>
                    by about <ClockTime at={now + estimate.seconds * 1000} />
                  </>
                )}
                {draft.steps.some(({ needsApproval }) => needsApproval) && ", once approved"}, unless a guardrail fails.
              </p>
              <StepTimes
                stable={stable}
                canary={chosen}
                weights={draft.steps.map(({ weightPercent }) => Number(weightPercent) / 100)}
                estimate={estimate}
                now={now}
              />
              <ul className={classes.rows} aria-label="Review">
                {reviewRows({
                  choice: chosen,
                  stable: stableName,
                  endpoint: endpoint.name,
                  anyway,
                  draft,
                  estimate,
                  budget,
                }).map(({ state, title, detail }) => (
                  <li key={title}>
                    <StatusShape state={state} />
                    <span>
                      {title}
                      {detail && <span className={classes.under}>{detail}</span>}
                    </span>
                  </li>
                ))}
              </ul>
              {mayDeploy && deployable && (
                <div className={classes.instead}>
                  <p>Too little traffic for evidence: the rollout may stay on its first step.</p>
                  <Button
                    variant="default"
                    size="xs"
                    disabled={props.deployment.why !== undefined || isHeldBack(chosen, anyway)}
                    title={props.deployment.why}
                    onClick={() => setDeploying(true)}
                  >
                    Deploy v{chosen.version} with monitoring…
                  </Button>
                </div>
              )}
            </>
          )}
          <Textarea
            label={chosen ? `What changed in v${chosen.version}?` : "What changed?"}
            description="required; recorded with the rollout"
            rows={2}
            maxLength={1500}
            value={reason}
            onChange={(event) => {
              setWritten(event.currentTarget.value);
              setMissing(undefined);
            }}
            error={missing ?? state.fieldErrors?.reason}
            ref={reasonField}
          />
          {needsOverride && (
            <Checkbox
              label="Override the error budget; recorded with your name and the reason"
              checked={overridesBudget}
              onChange={(event) => setOverridesBudget(event.currentTarget.checked)}
            />
          )}
          <Button
            type="submit"
            disabled={Boolean(hold)}
            aria-disabled={busy}
            leftSection={<IconArrowsSplit2 size={15} stroke={1.8} aria-hidden="true" />}
            rightSection={<Keys keys={[modKey, "↵"]} />}
          >
            {busy
              ? "Starting…"
              : `Start${chosen ? ` v${chosen.version}` : ""} at ${formatWeight(Number(draft.steps[0]?.weightPercent ?? 0) / 100)}`}
          </Button>
          {hold && <p className={classes.hold}>{hold}</p>}
          {(state.error ?? state.fieldErrors?.version ?? state.fieldErrors?.model ?? state.fieldErrors?.purpose) && (
            <p role="alert" className={classes.bad}>
              {state.error ?? state.fieldErrors?.version ?? state.fieldErrors?.model ?? state.fieldErrors?.purpose}
            </p>
          )}
          {Object.keys(errors).length > 0 && (
            <p role="alert" className={classes.bad}>
              The plan is invalid: check the fields under Advanced.
            </p>
          )}
        </div>
      </section>
      {isDeploying && deployable && (
        <DeployDialog
          target={props.deployment.target}
          version={deployable}
          deploy={props.deployment.deploy}
          providers={props.deployment.providers}
          actorName={actorName}
          onClose={() => setDeploying(false)}
        />
      )}
    </form>
  );
}

function PartHead(props: { number: number; title: string; subtitle?: string; right?: ReactNode }) {
  return (
    <div className={classes.head}>
      <span className={classes.number} aria-hidden="true">
        {props.number}
      </span>
      <h2>{props.title}</h2>
      {props.subtitle && <span className="lw-small lw-quiet">{props.subtitle}</span>}
      {props.right}
    </div>
  );
}
