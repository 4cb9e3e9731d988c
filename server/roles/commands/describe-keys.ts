import type { Config } from "#server/admin/settings/config.ts";
import type { KeySource } from "#server/platform/secrets/key-source.ts";

/** Describes the secrets that no backup holds and a restored installation needs, one line each. */
export function describeKeys({ authSecret, secretsKey }: Config): string[] {
  const lines = [`The master key of stored secrets, ${placeOf(secretsKey)}.`];
  if (authSecret) lines.push("AUTH_SECRET, which encrypts session cookies: it is set in the environment.");
  return lines;
}

function placeOf(source: KeySource): string {
  if (source.kind === "value") return "which SECRETS_KEY holds";
  if (source.kind === "command") return "which SECRETS_KEY_COMMAND prints";
  return `in the file ${source.path}`;
}
