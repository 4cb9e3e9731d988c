import type { Command } from "./command.ts";

/** Loaders of the subcommands: their code is loaded only when they run. */
export const commands: Record<string, () => Promise<Command>> = {
  audit: async () => (await import("./audit.ts")).audit,
};
