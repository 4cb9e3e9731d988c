import type { StoredRollout } from "#server/release/rollouts/rollout-rows.ts";
import type { LikelyCause } from "#server/respond/cause/contract.ts";
import { type IncidentState, incidentMoves } from "#server/respond/incidents/contract.ts";
import type { FoldChoices } from "#server/respond/incidents/folding/contract.ts";
import type { StageView } from "#server/respond/incidents/stages/contract.ts";
import type { NextEscalation } from "#server/respond/oncall/escalation/contract.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { EndpointFreeze } from "#server/watch/slo/freezes/contract.ts";
import type { QueueRow } from "../contract.ts";
import type { Acting } from "../who-acts.ts";
import type { TriageAction } from "./contract.ts";
import { blamedServes, fallBack, rollBack } from "./go-back.ts";
import { recommend, type Situation } from "./recommend.ts";
import { merge, splitOff } from "./regroup.ts";
import {
  acknowledge,
  cancel,
  freezeChanges,
  liftFreeze,
  note,
  pagePerson,
  postUpdate,
  resolve,
  retrain,
  silence,
} from "./respond.ts";
import type { WaysBack } from "./ways-back.ts";

export interface AdviceFacts {
  row: QueueRow;
  endpoint: { id: string; name: string } | null;
  current: Deployment | undefined;
  rollout: StoredRollout | undefined;
  ways: WaysBack | undefined;
  cause: LikelyCause;
  freeze: EndpointFreeze | undefined;
  /** Stage of the incident; null without one. */
  stage: StageView | null;
  next: NextEscalation | null;
  /** Other user who changed something a moment ago. */
  acting: Acting | undefined;
  /** Other groups with firing alerts that a silence of the line would mute. */
  otherGroups: number;
  /** What may be split off, and into what it may be merged; null without an incident. */
  folding: FoldChoices | null;
  /** State of the incident; undefined without one. */
  moves: IncidentState | undefined;
  /** Model of the endpoint that has a retraining policy; null without one. */
  retrainedModel: string | null;
  now: number;
}

/**
 * Lists the available actions, with their likely effect, cost and undo in words: the recommended one first (recommend.ts), the rest in the
 * order of the keys. Actions that are unlikely to help stay available with the reason; unavailable ones have their reason too.
 */
export function adviseOn(facts: AdviceFacts): TriageAction[] {
  const actions = [
    rollBack(facts),
    fallBack(facts),
    acknowledge(facts),
    silence(facts),
    facts.freeze ? liftFreeze(facts, facts.freeze) : freezeChanges(facts),
    pagePerson(facts),
    note(facts),
    postUpdate(facts),
    resolve(facts),
    cancel(facts),
    merge(facts),
    splitOff(facts),
    ...(facts.retrainedModel === null ? [] : [retrain(facts.retrainedModel)]),
  ];
  const best = recommend(situationOf(facts));
  const recommended = actions.find(({ act, off }) => act === best && off === null);
  const first = recommended && { ...recommended, isRecommended: true };
  const rest = actions
    .filter((action) => action !== recommended)
    .map((action) => ({ ...action, isRecommended: false }));
  const order = [
    "acknowledge",
    "silence",
    "roll-back",
    "fall-back",
    "freeze",
    "lift-freeze",
    "page",
    "note",
    "update",
    "resolve",
    "merge",
    "split",
    "cancel",
    "retrain",
  ];
  rest.sort((a, b) => order.indexOf(a.act) - order.indexOf(b.act));
  return first ? [first, ...rest] : rest;
}

function situationOf(facts: AdviceFacts): Situation {
  const { row, stage, acting, cause, moves, rollout, ways } = facts;
  return {
    stage: stage?.stage ?? null,
    firing: row.alerts,
    isUnacknowledged: row.state === "unacknowledged",
    mayResolve: moves !== undefined && incidentMoves[moves].includes("resolved"),
    isActing: acting !== undefined,
    cause: causeOf(cause),
    isBlamedServing: blamedServes(facts),
    hasTarget: rollout !== undefined || ways?.previous !== undefined,
    hasFallback: ways?.fallback?.isCascade === true,
  };
}

function causeOf({ evidence, change, findingId }: LikelyCause): Situation["cause"] {
  if (evidence === "none") return null;
  if (change?.kind === "deploy" || change?.kind === "rollout") return "deploy";
  const isInData = findingId !== undefined || change?.kind === "data" || change?.kind === "schema";
  return isInData ? "data" : "other";
}
