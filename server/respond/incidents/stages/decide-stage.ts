import { formatSignificant } from "#server/base/format-number.ts";
import type { IncidentSeverity } from "../contract.ts";
import { calmMs, effectMs, fallingShare, maxFailed, quietMs } from "./constants.ts";
import type { IncidentStage, Recovery, RecoveryAction } from "./contract.ts";

/** What the stage of an open incident follows from. Times are milliseconds since 1970. */
export interface StageFacts {
  stage: IncidentStage;
  /** When it entered the stage; its detection for the first. */
  stageAt: number;
  recovery: Recovery;
  severity: IncidentSeverity;
  /** Burn rate of its SLOs in the short window, the highest; null without SLOs, or without traffic. */
  burn: number | null;
  /** Burn rate at the endpoint of the last action, where others burn too; null without traffic, omitted where there are no others. */
  actionBurn?: number | null | undefined;
  /** Whether a burn rate of 1 or more may be chance. */
  isChance: boolean;
  /** Unmuted alerts that fire, and the pages among them that are not of an SLO. */
  firing: number;
  otherPages: number;
  now: number;
}

export interface StageStep {
  stage: IncidentStage;
  recovery: Recovery;
  /** Whether the stage changed. */
  isMoved: boolean;
  /** Whether the lead is paged: it was not over. */
  pagesLead: boolean;
  /** Whether it resolves itself. */
  resolves: boolean;
}

/**
 * Decides the stage of an open incident (docs/spec/alerting.md section 19). Act: something fires, and nothing was done that helps. Watch
 * recovery: something was done, or the burn rate is below 1. Resolve: calm for 10 minutes. An action must lower the burn rate by a tenth
 * every 5 minutes until it is below 1; otherwise, and whenever it is 1 again, there is something to do again.
 */
export function decideStage(facts: StageFacts): StageStep {
  const { stage, recovery: before, burn, now } = facts;
  const calmSince = isCalm(facts) ? (before.calmSince ?? now) : null;
  const recovery = { ...before, burn, calmSince };
  if (stage === "act") return decideAct(facts, recovery);
  if (stage === "watch") return decideWatch(facts, recovery);
  if (calmSince === null) return toAct(facts, recovery, `${rateOf(facts)} again`);
  const isMinor = facts.severity === "SEV3" || facts.severity === "SEV4";
  return { ...stays("resolve", recovery), resolves: isMinor && now - facts.stageAt >= quietMs };
}

/** Whether the burn rate is below 1, or by chance above, and no other page fires; without a burn rate, whether nothing fires. */
function isCalm({ burn, isChance, firing, otherPages }: StageFacts): boolean {
  return burn === null ? firing === 0 : (burn < 1 || isChance) && otherPages === 0;
}

function decideAct(facts: StageFacts, recovery: Recovery): StageStep {
  const { action } = recovery;
  if (action && action.at >= facts.stageAt && !hasFailed(recovery, action)) {
    const check = { at: action.at, burn: action.burn ?? facts.burn };
    return moves("watch", { ...recovery, check, reason: action.title });
  }
  return recovery.calmSince === null
    ? stays("act", recovery)
    : moves("watch", { ...recovery, check: null, reason: rateOf(facts) });
}

function decideWatch(facts: StageFacts, recovery: Recovery): StageStep {
  const { burn, now, stageAt } = facts;
  if (recovery.calmSince !== null) {
    const isLong = now - recovery.calmSince >= calmMs;
    return isLong ? moves("resolve", { ...recovery, reason: rateOf(facts) }) : stays("watch", recovery);
  }
  if (facts.recovery.calmSince !== null) return toAct(facts, recovery, `${rateOf(facts)} again`);
  // An action may be recorded before any look at the burn rate: the first one after it is what has to fall.
  const check = { at: recovery.check?.at ?? stageAt, burn: recovery.check?.burn ?? burn };
  if (now - check.at < effectMs) return stays("watch", { ...recovery, check });
  if (isFalling(burn, check.burn)) return stays("watch", { ...recovery, check: { at: now, burn } });
  const { actionBurn } = facts;
  if (actionBurn !== undefined && (actionBurn ?? 0) < 1) {
    // It helped where it was done. What burns elsewhere was paged on its own.
    return moves("act", { ...recovery, check: null, reason: `${rateOf(facts)} at another endpoint` });
  }
  return toAct(facts, recovery, `no effect in 5\u00a0min, ${rateOf(facts)}`);
}

function isFalling(burn: number | null, before: number | null): boolean {
  return burn !== null && before !== null && burn <= before * fallingShare;
}

function hasFailed({ failed }: Recovery, { at }: RecoveryAction): boolean {
  return failed.some((each) => each.at === at);
}

/**
 * Returns to the first stage: what was done has not helped. The lead is paged if somebody may rely on it: something was done, or it was calm
 * for a while. A burn rate that flickers around 1 pages no one.
 */
function toAct({ stage, recovery: before, now }: StageFacts, recovery: Recovery, reason: string): StageStep {
  const { action, failed } = recovery;
  const isNew = action !== null && !hasFailed(recovery, action);
  const next = {
    ...recovery,
    calmSince: null,
    check: null,
    reason,
    failed: isNew ? [...failed, action].slice(-maxFailed) : failed,
  };
  const wasCalm = stage === "resolve" || (before.calmSince !== null && now - before.calmSince >= effectMs);
  return { ...moves("act", next), pagesLead: isNew || wasCalm };
}

function moves(stage: IncidentStage, recovery: Recovery): StageStep {
  return { stage, recovery, isMoved: true, pagesLead: false, resolves: false };
}

function stays(stage: IncidentStage, recovery: Recovery): StageStep {
  return { ...moves(stage, recovery), isMoved: false };
}

function rateOf({ burn, firing }: StageFacts): string {
  if (burn !== null) return `burn rate ${formatSignificant(burn, 2)}×`;
  return firing === 0 ? "nothing fires" : `${firing} ${firing === 1 ? "alert fires" : "alerts fire"}`;
}
