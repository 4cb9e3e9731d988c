import type { Config } from "#server/config.ts";
import type { Bootstrapped } from "#server/identity/bootstrap.ts";

/** What the terminal says when everything runs: where to sign in, and what a Python user exports. */
export function greeting(config: Config, { email, password, token }: Bootstrapped): string {
  const lines = [
    "",
    "Leeway is running.",
    "",
    `  Console    ${config.publicUrl}`,
    `  Inference  ${config.gatewayUrl}`,
    `  Sign in    ${email}`,
  ];
  if (password) lines.push(`  Password   ${password}   (shown this once; you choose your own at the first sign-in)`);
  lines.push("", "For Python:", "", `  export MLFLOW_TRACKING_URI=${config.publicUrl}`);
  if (token) lines.push(`  export MLFLOW_TRACKING_TOKEN=${token}`);
  else lines.push("  MLFLOW_TRACKING_TOKEN is an API token: make one in the console under Settings, Tokens.");
  lines.push("", "Ctrl+C stops it.", "");
  return lines.join("\n");
}
