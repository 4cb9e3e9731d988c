import { resolve } from "node:path";

/** Describes the secrets that no backup holds and a restored installation needs, one line each. */
export function describeKeys(env: NodeJS.ProcessEnv): string[] {
  const lines: string[] = [];
  if (env.AUTH_SECRET) lines.push("AUTH_SECRET, which signs sessions: it is set in the environment.");
  if (env.SECRETS_KEY) lines.push("SECRETS_KEY, which encrypts stored secrets: it is set in the environment.");
  else if (env.SECRETS_KEY_FILE) {
    lines.push(`The key that encrypts stored secrets, in the file ${resolve(env.SECRETS_KEY_FILE)}.`);
  } else lines.push("The key that encrypts stored secrets, if there is one: a key file in DATA_DIR.");
  return lines;
}
