import type { AlertQuality, RuleQuality } from "#server/respond/alert-quality/contract.ts";
import type { AlertRule } from "#server/respond/rules/contract.ts";
import type { SloSummary } from "#server/watch/slo/objectives/contract.ts";

/** A rule of any origin, as the list shows it. */
export interface RuleLine {
  key: string;
  name: string;
  href: string | null;
  origin: "SLO" | "own" | "outside";
  /** Description of the rule in a sentence. */
  words: string;
  severity: string;
  state: "firing" | "pending" | "quiet" | "off" | "failed";
  problem: string | null;
  missing: readonly string[];
  quality: RuleQuality | undefined;
}

const order = { failed: 0, firing: 1, pending: 2, quiet: 3, off: 4 };

interface Rules {
  slos: readonly SloSummary[];
  own: readonly AlertRule[];
  quality: AlertQuality;
  /** Keys of rules of which an alert fires now. */
  firing: ReadonlySet<string>;
}

/** Rules of SLOs, one's own and those from outside, what fires first and then by name. */
export function ruleLines({ slos, own, quality: { rules }, firing }: Rules): RuleLine[] {
  const quality = new Map(rules.map((each) => [each.ruleKey, each]));
  const ofSlos = slos.map((slo): RuleLine => {
    const key = `slo:${slo.id}`;
    return {
      key,
      name: slo.name,
      href: `/slos/${encodeURIComponent(slo.name)}`,
      origin: "SLO",
      words: slo.displayName || slo.indicatorWords,
      severity: slo.pages ? "page and ticket" : "ticket",
      state: slo.pausedAt ? "off" : slo.firing ? "firing" : "quiet",
      problem: null,
      missing: slo.pages ? slo.missing : [],
      quality: quality.get(key),
    };
  });
  const ofOwn = own.map((rule): RuleLine => {
    const key = `rule:${rule.id}`;
    return {
      key,
      name: rule.name,
      href: `/alerts/rules/${rule.id}`,
      origin: "own",
      words: rule.words,
      severity: rule.severity,
      state: stateOf(rule),
      problem: rule.problem,
      missing: rule.missing,
      quality: quality.get(key),
    };
  });
  const fromOutside = rules
    .filter(({ ruleKey }) => ruleKey.startsWith("external:"))
    .map((each): RuleLine => {
      return {
        key: each.ruleKey,
        name: each.name,
        href: null,
        origin: "outside",
        words: "Received from an external system",
        severity: each.severity,
        state: firing.has(each.ruleKey) ? "firing" : "quiet",
        problem: null,
        missing: [],
        quality: each,
      };
    });
  return [...ofSlos, ...ofOwn, ...fromOutside].toSorted(
    (a, b) => order[a.state] - order[b.state] || a.name.localeCompare(b.name),
  );
}

/** Returns the state of a user-defined rule over all that it monitors. */
export function stateOf({ isEnabled, archivedAt, problem, states }: AlertRule): RuleLine["state"] {
  if (!isEnabled || archivedAt) return "off";
  if (problem !== null) return "failed";
  if (states.some(({ state }) => state === "firing")) return "firing";
  return states.some(({ state }) => state === "pending") ? "pending" : "quiet";
}
