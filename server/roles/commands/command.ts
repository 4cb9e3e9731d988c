import type { Config } from "#server/admin/settings/config.ts";

/**
 * A subcommand of the program.
 * @param args what follows its name
 * @throws StartError with what to do, for people
 */
export type Command = (args: string[], config: Config, env: NodeJS.ProcessEnv) => Promise<void>;
