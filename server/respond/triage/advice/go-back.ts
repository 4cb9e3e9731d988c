import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import type { AdviceFacts } from "./advise.ts";
import type { TriageAction } from "./contract.ts";
import type { Way } from "./ways-back.ts";

const suspects = ["deploy", "rollout"];

/** Proposes the rollback to the previous version: ends a rollout, or deploys the version before. */
export function rollBack(facts: AdviceFacts): TriageAction {
  const { endpoint, rollout, ways, current, cause, acting, now } = facts;
  const isSuspected = cause.evidence !== "none" && suspects.includes(cause.change?.kind ?? "");
  const base = { act: "roll-back" as const, key: "R", asks: true, isRecommended: isSuspected };
  if (rollout && endpoint) {
    const { stable, canary, state } = rollout;
    const [from, to] = [`v${canary.version}`, `v${stable.version}`];
    return {
      ...base,
      label: `Roll back to ${to}…`,
      off: busy(acting),
      to: null,
      words: `${isSuspected ? `Likely to help: ${from} was deployed just before the rise.` : `Unlikely to help: the rollout of ${from} did not cause it.`} Takes about 3\u00a0s. To undo, start a new rollout.`,
      title: `Roll back ${endpoint.name} to ${to}?`,
      consequences: [
        { label: "Version", value: `${canary.version} → ${stable.version}` },
        { label: "Traffic", value: `${percent(state.weight)} moves from ${from} to ${to}, within about 3\u00a0s` },
        { label: "Evidence so far", value: "kept; the rollout cannot be resumed" },
        { label: "Undo", value: `start a new rollout of ${from}` },
      ],
      confirmLabel: `Roll back to ${to}`,
    };
  }
  const previous = ways?.previous;
  if (!endpoint || !current || !previous) {
    const off = endpoint ? "No earlier version has been deployed here." : "Not linked to a Leeway endpoint.";
    return { ...base, ...empty, label: "Roll back…", words: off, off };
  }
  const steady =
    ways.currentSince === null
      ? ""
      : `v${current.version} has been serving for ${formatDuration(now - ways.currentSince)}`;
  const words = isSuspected
    ? `Likely to help: v${current.version} was deployed just before the rise. Takes about 10\u00a0s and can be undone.`
    : `Unlikely to help: ${steady}.`;
  return {
    ...base,
    label: `Roll back to v${previous.version}…`,
    words,
    off: busy(acting),
    ...change(facts, previous, "Roll back"),
  };
}

/** Switches to a version that is neither what serves nor what served before. */
export function fallBack(facts: AdviceFacts): TriageAction {
  const { endpoint, rollout, ways, current, acting } = facts;
  const base = { act: "fall-back" as const, key: "B", asks: true, isRecommended: false };
  const way = ways?.fallback;
  if (!endpoint || !current || !way) {
    const off = endpoint
      ? "There is no third version and no cascade to fall back to."
      : "Not linked to a Leeway endpoint.";
    return { ...base, ...empty, label: "Fall back…", words: off, off };
  }
  const name = way.model === current.modelName ? `v${way.version}` : `${way.model} v${way.version}`;
  const why = way.isCascade
    ? `The next cascade step serves all requests. Predictions may be worse; can be undone.`
    : `It has served longest here: ${formatDuration(way.servedMs)}. Can be undone.`;
  const off = rollout ? "A rollout is in progress: roll it back first (R)." : busy(acting);
  return { ...base, label: `Fall back to ${name}…`, words: why, off, ...change(facts, way, "Fall back") };
}

const empty = { title: "", consequences: [], confirmLabel: "", to: null };

function busy(acting: AdviceFacts["acting"]): string | null {
  return acting ? `${acting.name} is acting: ${acting.what}. Wait to see whether it helps.` : null;
}

function change({ endpoint, current, now }: AdviceFacts, way: Way, verb: string) {
  const name = way.model === current?.modelName ? `v${way.version}` : `${way.model} v${way.version}`;
  const before =
    way.model === current?.modelName
      ? `${current.version} → ${way.version}`
      : `${current?.modelName} v${current?.version} → ${name}`;
  const { lastUsedAt, record } = way;
  return {
    title: `${verb} ${endpoint?.name} to ${name}?`,
    consequences: [
      { label: "Version", value: before },
      {
        label: "Traffic",
        value: `100% of traffic moves once every gateway has loaded ${name}; no requests fail meanwhile`,
      },
      {
        label: "Last used",
        value:
          lastUsedAt === null
            ? "never deployed to this endpoint"
            : `${formatDuration(now - lastUsedAt)} ago, for ${formatDuration(way.servedMs)} in total`,
      },
      ...(record
        ? [
            {
              label: "Error rate then",
              value: `${percent(record.bad / record.total)} (${formatCount(record.bad)} of ${formatCount(record.total)} on its last day)`,
            },
          ]
        : []),
      { label: "Undo", value: `deploy v${current?.version} again` },
    ],
    confirmLabel: `${verb} to ${name}`,
    to: { model: way.model, version: way.version },
  };
}
