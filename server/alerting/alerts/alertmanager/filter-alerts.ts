import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { compilePattern, type Pattern, PatternProblem } from "#server/base/pattern.ts";
import type { Matcher } from "../matchers/contract.ts";
import { matchesAll } from "../matchers/matches.ts";
import { parseMatchers } from "../matchers/parse-matchers.ts";
import type { ActiveAlert } from "./contract.ts";

const texts = z.array(z.string().max(10_000)).max(100);

/** Filter of Alertmanager's clients; omitted fields do not filter. */
export const AlertFilter = z.object({
  active: z.boolean().default(true),
  silenced: z.boolean().default(true),
  inhibited: z.boolean().default(true),
  /** Groups that a time interval mutes. */
  muted: z.boolean().default(true),
  /** Matchers, all of which have to hold. */
  filter: texts.default([]),
  /** Regular expression for the complete name of a receiver. */
  receiver: z.string().max(1000).default(""),
  /** Matchers on receivers, which have one label: "name". */
  receiverMatchers: texts.default([]),
});
export type AlertFilter = z.input<typeof AlertFilter>;

/** Filter that is prepared once for many alerts. */
export interface PreparedFilter {
  includes(alert: ActiveAlert): boolean;
  includesReceiver(name: string): boolean;
  includesMuted: boolean;
}

/** @throws DomainError "invalid" for an invalid matcher or expression */
export function prepareFilter(input: AlertFilter): PreparedFilter {
  const { active, silenced, inhibited, muted, filter, receiver, receiverMatchers } = AlertFilter.parse(input);
  const matchers: Matcher[] = filter.flatMap(parseMatchers);
  const byReceiver: Matcher[] = receiverMatchers.flatMap(parseMatchers);
  const pattern = receiver === "" ? undefined : compile(receiver);
  return {
    includes: (alert) =>
      (active || alert.state !== "active") &&
      (silenced || alert.silencedBy.length === 0) &&
      (inhibited || alert.inhibitedBy.length === 0) &&
      matchesAll(matchers, alert.labels),
    includesReceiver: (name) => (!pattern || pattern.testExact(name)) && matchesAll(byReceiver, { name }),
    includesMuted: muted,
  };
}

function compile(text: string): Pattern {
  try {
    return compilePattern(text);
  } catch (cause) {
    if (!(cause instanceof PatternProblem)) throw cause;
    throw new DomainError("invalid", `failed to parse receiver param: ${cause.message}`, { cause, field: "receiver" });
  }
}
