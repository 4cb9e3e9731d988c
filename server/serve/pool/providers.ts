import { fork } from "node:child_process";
import { childEnvironment } from "#server/base/child-environment.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import type { ExecutionProvider, ServingProvider } from "../../develop/registry/execution/contract.ts";
import { withoutPaths } from "./runtime-message.ts";

/** Reasons for users why providers cannot serve; providers that can are absent. */
export type ProviderReport = Partial<Record<ExecutionProvider, string>>;

const probeLimitMs = minuteMs;
const probes = new Map<ExecutionProvider, Promise<string | undefined>>();

/**
 * Finds out, once per process and provider, whether it really runs here, by running a tiny model on it. That happens
 * in a child process, since a broken GPU driver may crash the process that touches it.
 */
export async function probeProviders(requested: readonly ExecutionProvider[]): Promise<ProviderReport> {
  const report: ProviderReport = {};
  await Promise.all(
    requested.map(async (provider) => {
      if (provider === "cpu") return;
      const known = probes.get(provider) ?? probe(provider);
      probes.set(provider, known);
      const reason = await known;
      if (reason) report[provider] = reason;
    }),
  );
  return report;
}

interface ChosenProvider extends ServingProvider {
  provider: ExecutionProvider;
}

/** Returns the first preferred provider that can serve, and why those before it cannot. The CPU always can. */
export function chooseProvider(requested: readonly ExecutionProvider[], report: ProviderReport): ChosenProvider {
  const fallbacks: ServingProvider["fallbacks"] = [];
  for (const provider of requested) {
    const reason = report[provider];
    if (!reason) return { provider, fallbacks };
    fallbacks.push({ provider, reason });
  }
  return { provider: "cpu", fallbacks };
}

/** Explains ONNX Runtime's reason with the necessary action. */
export function explain(provider: ExecutionProvider, message: string): string {
  if (/Failed to load shared library/.test(message)) {
    return `The ${provider} libraries are not installed. On a machine with CUDA 12, run "npm run gpu:install".`;
  }
  if (/Failed to get a WebGPU adapter/.test(message)) return "No Vulkan driver with a usable GPU was found.";
  if (/backend not found/.test(message)) return `This build of ONNX Runtime has no ${provider} provider.`;
  return withoutPaths(message);
}

function probe(provider: ExecutionProvider): Promise<string | undefined> {
  return new Promise((resolve) => {
    let reason: string | undefined = `The ${provider} provider crashed during the probe.`;
    const child = fork(new URL("./provider-probe.ts", import.meta.url), [provider], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      timeout: probeLimitMs,
      killSignal: "SIGKILL",
      env: childEnvironment(),
    });
    child.once("message", (message: { error?: string }) => {
      reason = message.error === undefined ? undefined : explain(provider, message.error);
    });
    child.once("error", (cause) => {
      log.error("provider.not_tried", { provider, cause });
      resolve(`The ${provider} provider could not be probed; see the log.`);
    });
    child.once("exit", () => resolve(reason));
  });
}
