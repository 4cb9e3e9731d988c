import { isDeepStrictEqual } from "node:util";
import type { RolloutState } from "#server/serve/rollout/contract.ts";
import type { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import type { Snapshot, StoredDecision } from "./snapshot.ts";

type Place = Pick<RolloutState, "phase" | "step" | "weight">;

/** Derives the state of a rollout from its decisions only. @throws if a decision does not follow from those before it. */
function replayed(plan: RolloutPlan, decisions: readonly StoredDecision[]): Place {
  const [first, ...others] = decisions;
  if (first?.kind !== "started") throw new Error("It does not begin with its start.");
  let index: Place = { phase: "starting", step: 0, weight: 0 };
  for (const decision of others) {
    const after = next(plan, index, decision);
    // A rollback is recorded with the share that it ended.
    const received = decision.kind === "roll-back" ? index : after;
    if (decision.step !== received.step || decision.weight !== received.weight) {
      const there = `step ${received.step} at ${received.weight}`;
      throw new Error(`"${decision.kind}" tells step ${decision.step} at ${decision.weight}, and it was at ${there}.`);
    }
    index = after;
  }
  return index;
}

function next({ steps, watch }: RolloutPlan, index: Place, { kind }: StoredDecision): Place {
  const wrong = () => new Error(`"${kind}" cannot follow in "${index.phase}", step ${index.step}.`);
  if (index.phase === "promoted" || index.phase === "rolled-back") throw wrong();
  const started = index.phase === "starting" ? 0 : index.step + 1;
  const step = steps[started];
  if (kind === "advance") {
    if (index.phase === "watching" || !step) throw wrong();
    return { phase: "stepping", step: started, weight: step.weight };
  }
  if (kind === "promote") {
    if (index.phase !== "stepping" || step) throw wrong();
    return { phase: watch.seconds > 0 ? "watching" : "promoted", step: started, weight: 1 };
  }
  if (kind === "complete") {
    if (index.phase !== "watching") throw wrong();
    return { ...index, phase: "promoted" };
  }
  return kind === "roll-back" ? { ...index, phase: "rolled-back", weight: 0 } : index;
}

/** Describes all inconsistencies of a snapshot. */
export function contradictions(now: Snapshot, before: Snapshot | undefined): string[] {
  const found: string[] = [];
  const { phase, step, weight } = now.state;
  try {
    const index = replayed(now.plan, now.decisions);
    if (!isDeepStrictEqual(index, { phase, step, weight })) {
      found.push(`its decisions say ${JSON.stringify(index)}, its state ${JSON.stringify({ phase, step, weight })}`);
    }
  } catch (error) {
    found.push((error as Error).message);
  }
  if (now.phase !== phase) found.push(`its column says ${now.phase}, its state ${phase}`);
  const audited = now.decisions.filter(({ code }) => code !== "proved").length;
  if (now.audited !== audited) found.push(`${audited} decisions, ${now.audited} lines in the audit log`);
  const promotions = now.decisions.some(({ kind }) => kind === "promote") ? 1 : 0;
  const given = promotions + (promotions && phase === "rolled-back" ? 1 : 0);
  if (now.deployed.length !== given) found.push(`deployed ${now.deployed.length} times instead of ${given}`);
  const serves = now.deployed.at(-1) === now.canary;
  if (serves !== (weight === 1))
    found.push(`its weight is ${weight}, and the new version ${serves ? "is" : "is not"} deployed`);
  return before ? [...found, ...lost(now, before)] : found;
}

/** Describes what was in the previous snapshot and has disappeared. */
function lost(now: Snapshot, before: Snapshot): string[] {
  const found: string[] = [];
  if (now.revision < before.revision) found.push(`its revision fell from ${before.revision} to ${now.revision}`);
  if (!isDeepStrictEqual(now.decisions.slice(0, before.decisions.length), before.decisions)) {
    found.push("a decision was lost or changed");
  }
  for (const [key, counts] of Object.entries(before.counts)) {
    const later = now.counts[key];
    if (!later || counts.some((count, index) => count > (later[index] ?? 0))) {
      found.push(`counts of ${key} fell from ${counts} to ${later}`);
    }
  }
  return found;
}
