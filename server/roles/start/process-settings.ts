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
      // Later collections start when old objects have doubled; without this, when they have quadrupled. The maximum heap size is unchanged.
      "--heap-growing-percent=100",
    ],
    env: {
      // glibc otherwise stops returning large blocks to the system once one was freed: without this, 86 MB stay allocated after drawing
      // curves; with it, 43 MB.
      MALLOC_MMAP_THRESHOLD_: "131072",
      MALLOC_TRIM_THRESHOLD_: "131072",
    },
  },
  gateway: asTheyCome,
  worker: asTheyCome,
};

/** Returns the settings for starting a role's process. Values that the operator has set in the environment take precedence. */
export function settingsOf(
  role: RoleName,
  env: NodeJS.ProcessEnv,
): { options: readonly string[]; env: NodeJS.ProcessEnv } {
  const { options, env: own } = settings[role];
  return { options, env: { ...own, ...env } };
}

/** Returns whether a role's process may pause at a breakpoint: it inherits NODE_OPTIONS, but not the supervisor's own options. */
export function isDebugged(env: NodeJS.ProcessEnv): boolean {
  return env.NODE_OPTIONS?.includes("--inspect") ?? false;
}
