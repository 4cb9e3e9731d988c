import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import type { AdviceFacts } from "./advise.ts";
import type { TriageAction } from "./contract.ts";
import type { Way } from "./evaluate-way.ts";

const suspects = ["deploy", "rollout"];

/** Whether a deployment is the likely cause, and its version serves now: all traffic, or that of the canary. */
export function blamedServes({ cause, current, rollout }: AdviceFacts): boolean {
  const { change, evidence } = cause;
  if (evidence === "none" || !change || !suspects.includes(change.kind)) return false;
  const serving = [
    current && `${current.modelName} version ${current.version}`,
    rollout && `${rollout.canary.model} version ${rollout.canary.version}`,
  ];
  return serving.includes(change.after ?? "");
}

/** Proposes the rollback: ends a rollout, or deploys the last version that served well and may serve again. */
export function rollBack(facts: AdviceFacts): TriageAction {
  const { endpoint, rollout, ways, current, now } = facts;
  const isSuspected = blamedServes(facts);
  const base = { act: "roll-back" as const, key: "R", asks: true, isRecommended: false };
  if (rollout && endpoint) {
    const { stable, canary, state } = rollout;
    const [from, to] = [`v${canary.version}`, `v${stable.version}`];
    return {
      ...base,
      label: `Roll back to ${to}…`,
      off: busy(facts),
      to: null,
      words: `${isSuspected ? `Likely to help: ${from} was deployed just before the rise.` : `Unlikely to help: the rollout of ${from} did not cause it.`} Takes about 3\u00a0s. To undo, start a new rollout.`,
      title: `Roll back ${endpoint.name} to ${to}?`,
      consequences: [
        { label: "Version", value: `${canary.version} → ${stable.version}` },
        { label: "Traffic", value: `${percent(state.weight)} moves from ${from} to ${to}, within about 3\u00a0s` },
        { label: "Evidence so far", value: "kept; the rollout cannot be resumed" },
        { label: "Blocks", value: `${from} on this endpoint, until someone unblocks it` },
        { label: "Undo", value: `unblock ${from} and start a new rollout` },
      ],
      confirmLabel: `Roll back to ${to}`,
    };
  }
  const previous = ways?.previous;
  if (!endpoint || !current || !previous) {
    const off = endpoint ? noTarget(ways) : "Not linked to a Leeway endpoint.";
    return { ...base, ...empty, label: "Roll back…", words: off, off: busy(facts) ?? off };
  }
  const steady =
    ways.currentSince === null
      ? ""
      : `v${current.version} has been serving for ${formatDuration(now - ways.currentSince)}`;
  const words = isSuspected
    ? `Likely to help: v${current.version} was deployed just before the rise. ${servedWell(previous)} Takes about 10\u00a0s; blocks v${current.version} here.`
    : `Unlikely to help: ${steady}.`;
  return {
    ...base,
    label: `Roll back to v${previous.version}…`,
    words,
    off: busy(facts),
    ...change(facts, previous, "Roll back"),
  };
}

/** Switches to a version that is neither what serves nor what served before. */
export function fallBack(facts: AdviceFacts): TriageAction {
  const { endpoint, rollout, ways, current } = facts;
  const base = { act: "fall-back" as const, key: "B", asks: true, isRecommended: false };
  const way = ways?.fallback;
  if (!endpoint || !current || !way) {
    const off = endpoint
      ? "There is no third version and no cascade to fall back to."
      : "Not linked to a Leeway endpoint.";
    return { ...base, ...empty, label: "Fall back…", words: off, off: busy(facts) ?? off };
  }
  const name = way.model === current.modelName ? `v${way.version}` : `${way.model} v${way.version}`;
  const why = way.isCascade
    ? `The next cascade step serves all requests. Predictions may be worse; can be undone.`
    : `It has served longest here: ${formatDuration(way.servedMs)}. Can be undone.`;
  const off = rollout ? "A rollout is in progress: roll it back first (R)." : busy(facts);
  return { ...base, label: `Fall back to ${name}…`, words: why, off, ...change(facts, way, "Fall back") };
}

const empty = { title: "", consequences: [], confirmLabel: "", to: null };

/** Why neither a rollback nor a fallback is due now: someone acts, or what was done has not shown its effect yet. */
function busy({ acting, stage }: AdviceFacts): string | null {
  if (acting) {
    const doing = acting.isRollback ? "is rolling back…" : `is acting: ${acting.what}.`;
    return `${acting.name} ${doing} Wait to see whether it helps.`;
  }
  if (stage?.stage !== "watch") return null;
  return stage.action ? `${stage.action.title}. ${stage.words}` : stage.words;
}

function noTarget(ways: AdviceFacts["ways"]): string {
  const [first] = ways?.excluded ?? [];
  return first ? `No version is left to roll back to: ${first}.` : "No earlier version has been deployed here.";
}

function servedWell({ version, quietMs }: Way): string {
  return quietMs > 0 ? `v${version} served ${formatDuration(quietMs)} without a page.` : "";
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
      { label: "Blocks", value: `v${current?.version} on this endpoint, until someone unblocks it` },
      { label: "Undo", value: `unblock v${current?.version} and deploy it again` },
    ],
    confirmLabel: `${verb} to ${name}`,
    to: { model: way.model, version: way.version },
  };
}
