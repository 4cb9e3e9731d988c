import type { State } from "#components/ui/status-shape.tsx";
import type { AliasAt, AliasChange } from "#server/develop/registry/aliases/contract.ts";

type Change = Pick<AliasChange, "alias" | "fromVersion" | "toVersion" | "cause">;

/** Describes a change of an alias in a sentence without its author and reason. */
export function changeSentence({ alias, fromVersion, toVersion, cause }: Change): string {
  const how = {
    direct: "",
    override: ", overriding its protection",
    request: ", via an approved request",
    deletion: "",
  }[cause];
  if (cause === "deletion") return `v${fromVersion} was deleted, which removed ${alias}`;
  if (toVersion === null) return `${alias} was removed from v${fromVersion}${how}`;
  if (fromVersion === null) return `${alias} was set to v${toVersion}${how}`;
  return `${alias} moved from v${fromVersion} to v${toVersion}${how}`;
}

/** Returns the icon of an alias change: a warning for a protection override, bars for a removal. */
export function changeState({ cause, toVersion }: Change): State {
  if (cause === "override") return "watch";
  if (toVersion === null) return "paused";
  return cause === "request" ? "finished" : "on-target";
}

/** Describes the version that an alias pointed to at a given time, for questions such as "what was champion then?". */
export function aliasAtSentence({ alias, version, since }: Pick<AliasAt, "alias" | "version" | "since">): string {
  if (version !== null) return `${alias} was v${version}`;
  if (!since) return `${alias} had not been set yet`;
  return `${alias} was not set`;
}
