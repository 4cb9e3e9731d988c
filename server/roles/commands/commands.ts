import type { Command } from "./command.ts";

/** Loaders of the subcommands: the code of each is loaded only when it runs. */
export const commands: Record<string, () => Promise<Command>> = {
  secrets: async () => (await import("./secrets.ts")).secrets,
};
