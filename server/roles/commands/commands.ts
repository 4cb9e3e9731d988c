import type { Command } from "./command.ts";

/** Loaders of the subcommands: the code of each is loaded only when it runs. */
export const commands: Record<string, () => Promise<Command>> = {
  audit: async () => (await import("./audit.ts")).audit,
  backup: async () => (await import("./backup.ts")).backup,
  restore: async () => (await import("./restore.ts")).restore,
  resume: async () => (await import("./resume.ts")).resume,
  secrets: async () => (await import("./secrets.ts")).secrets,
};
