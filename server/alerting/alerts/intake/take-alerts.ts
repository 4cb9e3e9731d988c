import type { PostedAlert } from "../contract.ts";
import { mergeAlerts } from "./merge-alerts.ts";
import { type Episode, validateAlert } from "./validate-alert.ts";

/**
 * Takes a batch in: those that are valid, one for each set of labels, even if others are not.
 * @returns what is wrong with the others, each in a sentence
 */
export function takeAlerts(
  posted: readonly PostedAlert[],
  rules: { received: number; resolveTimeoutMs: number | null },
): { episodes: Map<string, Episode>; accepted: number; problems: string[] } {
  const episodes = new Map<string, Episode>();
  const problems: string[] = [];
  for (const alert of posted) {
    const accepted = validateAlert(alert, rules);
    if ("problem" in accepted) {
      problems.push(accepted.problem);
      continue;
    }
    const before = episodes.get(accepted.fingerprint);
    episodes.set(accepted.fingerprint, before ? mergeAlerts(before, accepted, rules.received) : accepted);
  }
  return { episodes, accepted: posted.length - problems.length, problems };
}

/** Effect of a posted alert: it starts firing, it is resolved, it started earlier than known, its texts changed, or nothing. */
export type AlertChange = "firing" | "resolved" | "merged" | "retold" | "none";

/** @param old the previous episode, with whether its end was recorded; undefined for a new alert */
export function changeOf(old: (Episode & { isEnded: boolean }) | undefined, next: Episode, now: number): AlertChange {
  const isFiring = next.endsAt > now;
  const wasFiring = old !== undefined && !old.isEnded;
  if (isFiring !== wasFiring) return isFiring ? "firing" : "resolved";
  if (!isFiring || !old) return "none";
  // It had ended and fires again before its end was recorded.
  if (next.startsAt > old.startsAt) return "firing";
  if (next.startsAt !== old.startsAt) return "merged";
  const isSame = next.generatorUrl === old.generatorUrl && isSameTexts(next.annotations, old.annotations);
  return isSame ? "none" : "retold";
}

function isSameTexts(left: Episode["annotations"], right: Episode["annotations"]): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}
