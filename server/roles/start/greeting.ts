import type { Config } from "#server/admin/settings/config.ts";
import type { Bootstrapped } from "#server/admin/workspaces/bootstrap.ts";
import type { Restored } from "#server/platform/installation-state.ts";

/** Formats the terminal message after a successful start: where to sign in, and what a Python user exports. */
export function greeting(config: Config, first: Bootstrapped): string {
  return [
    "",
    "Leeway is running.",
    "",
    `  Console    ${config.publicUrl}`,
    `  Inference  ${config.gatewayUrl}`,
    ...account(first),
    "",
    "For Python:",
    "",
    `  export MLFLOW_TRACKING_URI=${config.publicUrl}`,
    first.token
      ? tokenLine(first.token)
      : "  MLFLOW_TRACKING_TOKEN is an API token; create one in the console under Settings, Tokens.",
    "",
    "Press Ctrl+C to stop.",
    "",
  ].join("\n");
}

/** Formats what a start says about an installation that waits beside its original. */
export function pausedNote({ createdAt }: Restored): string {
  return `Paused since it was restored from the backup of ${createdAt}: nobody is notified, and nothing is evaluated or deleted.\nWhen the original is gone, run "npm run leeway -- resume".\n`;
}

/** Formats the secrets created at this start, which cannot be shown again, for a start that fails afterwards. */
export function secretsOf(first: Bootstrapped): string {
  return [
    "",
    "Generated for this first start and not shown again:",
    ...account(first),
    ...(first.token ? [tokenLine(first.token)] : []),
  ].join("\n");
}

function account({ email, password }: Bootstrapped): string[] {
  const lines = [`  Sign in    ${email}`];
  if (password) lines.push(`  Password   ${password}   (shown once; you set your own at the first sign-in)`);
  return lines;
}

function tokenLine(token: string): string {
  return `  export MLFLOW_TRACKING_TOKEN=${token}`;
}
