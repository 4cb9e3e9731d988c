import type { RoleName } from "./role.ts";

interface ProcessSettings {
  /** Options of Node. */
  options: readonly string[];
  env: Readonly<Record<string, string>>;
}

const asTheyCome: ProcessSettings = { options: [], env: {} };

const settings: Record<RoleName, ProcessSettings> = {
  web: {
    options: [
      // Young objects take 134 MB without a limit, and 34 MB with this one.
      "--max-semi-space-size=16",
      // V8 first looks for garbage among old objects when there are 250 MB of them; 60 MB are in use.
      "--initial-old-space-size=96",
      // And then when they have doubled; without, when there are four times as many. How large the heap may become stays as it is.
      "--heap-growing-percent=100",
    ],
    env: {
      // glibc otherwise stops giving large blocks back once one was freed: 86 MB were kept after drawing curves, and 43 MB are.
      MALLOC_MMAP_THRESHOLD_: "131072",
      MALLOC_TRIM_THRESHOLD_: "131072",
    },
  },
  gateway: asTheyCome,
  worker: asTheyCome,
};

/** How the process of a role is started. What the operator has set in the environment stays. */
export function settingsOf(
  role: RoleName,
  env: NodeJS.ProcessEnv,
): { options: readonly string[]; env: NodeJS.ProcessEnv } {
  const { options, env: own } = settings[role];
  return { options, env: { ...own, ...env } };
}
