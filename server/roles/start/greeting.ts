import type { Config } from "#server/admin/settings/config.ts";
import type { Restored } from "#server/platform/installation-state.ts";
import { firstSignInFile } from "./first-sign-in.ts";
import type { Prepared } from "./prepare-database.ts";

/**
 * Formats the message after a successful start: where to sign in, and what a Python user exports.
 * @param showsSecrets whether a person reads it in a terminal. Otherwise it goes to a log, and only says where the secrets are.
 */
export function greeting(config: Config, first: Prepared, showsSecrets: boolean): string {
  return [
    "",
    "Leeway is running.",
    "",
    `  Console    ${config.publicUrl}`,
    `  Inference  ${config.gatewayUrl}`,
    ...account(config, first, showsSecrets),
    "",
    "For Python:",
    "",
    `  export MLFLOW_TRACKING_URI=${config.publicUrl}`,
    tokenLine(config, first, showsSecrets),
    "",
    "Press Ctrl+C to stop.",
    "",
  ].join("\n");
}

/** Formats what a start says about an installation that waits beside its original. */
export function pausedNote({ createdAt }: Restored): string {
  return `Paused: restored from the backup of ${createdAt}. No notifications are sent, and nothing is evaluated or deleted.\nOnce the original no longer runs, run "npm run leeway -- resume".\n`;
}

/** Formats where the secrets are that this start created, for one that fails afterwards. */
export function secretsOf(config: Config, first: Prepared, showsSecrets: boolean): string {
  return [
    "",
    "Generated for this first start:",
    ...account(config, first, showsSecrets),
    tokenLine(config, first, showsSecrets),
  ].join("\n");
}

function account(config: Config, { email, password, hasFile }: Prepared, showsSecrets: boolean): string[] {
  const lines = [`  Sign in    ${email}`];
  const file = firstSignInFile(config.dataDir);
  if (password && showsSecrets) {
    lines.push(`  Password   ${password}   (also in ${file}; you set your own at the first sign-in)`);
  } else if (hasFile) {
    lines.push(`  Secrets    ${file}`);
  }
  return lines;
}

function tokenLine(config: Config, { token, hasFile }: Prepared, showsSecrets: boolean): string {
  if (token && showsSecrets) return `  export MLFLOW_TRACKING_TOKEN=${token}`;
  if (hasFile)
    return `  MLFLOW_TRACKING_TOKEN is an API token; the first one is in ${firstSignInFile(config.dataDir)}.`;
  return "  MLFLOW_TRACKING_TOKEN is an API token; create one in the console under Settings, Tokens.";
}
