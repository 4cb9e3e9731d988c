import { minuteMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import type { EscalationStep, Target } from "./contract.ts";

/** Describes each step in a sentence, and the repeats in another: "After 10 min: next on call." */
export function describePolicy(
  steps: readonly EscalationStep[],
  repeats: number,
  names: ReadonlyMap<string, string>,
): string[] {
  const words = steps.map(({ waitMinutes, notify }) => {
    const when = waitMinutes === 0 ? "Immediately" : `After ${formatDuration(waitMinutes * minuteMs)}`;
    return `${when}: ${notify.map((target) => describeTarget(target, names)).join("; ")}.`;
  });
  if (repeats > 0) words.push(`Repeats ${repeats === 1 ? "once" : `${repeats} times`}.`);
  return words;
}

function describeTarget(target: Target, names: ReadonlyMap<string, string>): string {
  const named = (id: string) => names.get(id) ?? "a removed target";
  if (target.kind === "person") return named(target.userId);
  if (target.kind === "receiver") return `receiver ${named(target.receiverId)}`;
  if (target.kind === "schedule") return `${turnLabels[target.who]} by ${named(target.scheduleId)}`;
  const team = target.teamId ? named(target.teamId) : "the responsible team";
  if (target.who === "on-call" || target.who === "second") {
    return target.teamId ? `${turnLabels[target.who]} of ${team}` : turnLabels[target.who];
  }
  if (target.who === "leads") return `leads of ${team}`;
  return target.who === "all" ? `everyone in ${team}` : `one after another in ${team}`;
}

const turnLabels = { "on-call": "on-call engineer", second: "next on call" } as const;
