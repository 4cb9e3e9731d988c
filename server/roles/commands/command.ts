import type { Config } from "#server/admin/settings/config.ts";

/** A subcommand of the program. @param args those after its name */
export type Command = (args: string[], config: Config, env: NodeJS.ProcessEnv) => Promise<void>;
