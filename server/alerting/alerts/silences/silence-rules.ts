import { DomainError } from "#server/base/errors.ts";
import type { Matcher } from "../matchers/contract.ts";
import { matches } from "../matchers/matches.ts";
import { areSameMatchers } from "../matchers/print-matchers.ts";
import type { silenceStates } from "./contract.ts";

interface Times {
  startsAt: number;
  endsAt: number;
}

/** Returns the state of a silence: pending before it starts, expired from its end on (docs/spec/alerting.md section 7). */
export function silenceState({ startsAt, endsAt }: Times, now: number): (typeof silenceStates)[number] {
  if (now >= endsAt) return "expired";
  return now < startsAt ? "pending" : "active";
}

/** @throws DomainError "invalid" with the field for a silence that Alertmanager would reject too */
export function checkSilence(
  { matchers, startsAt, endsAt }: Times & { matchers: readonly Matcher[] },
  now: number,
): void {
  if (matchers.every((matcher) => matches(matcher, {}))) {
    const message =
      "Every matcher also matches alerts without the label, so everything would be muted. Specify a non-empty value.";
    throw new DomainError("invalid", message, { field: "matchers" });
  }
  if (endsAt <= startsAt) throw new DomainError("invalid", "The end must be after the start.", { field: "endsAt" });
  if (endsAt < now)
    throw new DomainError("invalid", "The end has passed. Choose one in the future.", { field: "endsAt" });
}

interface Definition extends Times {
  matchers: readonly Matcher[];
}

/**
 * Whether a change can keep the silence and its ID; otherwise the old one expires and a new one is created, so that the record of past
 * muting stays correct (docs/spec/alerting.md section 7).
 */
export function canUpdateInPlace(old: Definition, next: Definition, now: number): boolean {
  if (!areSameMatchers(old.matchers, next.matchers)) return false;
  const state = silenceState(old, now);
  if (state === "active") return isSameSecond(old.startsAt, next.startsAt) && next.endsAt >= now;
  return state === "pending" && next.startsAt >= now;
}

/** Returns the times of an expired silence: an active one ends now, a pending one never started, an ended one is unchanged. */
export function expired(times: Times, now: number): Times {
  const state = silenceState(times, now);
  if (state === "expired") return times;
  return { startsAt: state === "pending" ? now : times.startsAt, endsAt: now };
}

function isSameSecond(left: number, right: number): boolean {
  return Math.floor(left / 1000) === Math.floor(right / 1000);
}
