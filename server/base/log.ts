import pino, { type Logger } from "pino";
import { errorInLog } from "./error-in-log.ts";

interface LogOptions {
  /** Name of the process in every line: "web", "gateway", "worker". */
  role: string;
  level: string;
}

// Next bundles a second copy of this module into the web process; both write through this shared logger.
const shared = globalThis as { leewayLogger?: Logger };

/** Sets name and level of this process's log, once at its start. */
export function configureLog({ role, level }: LogOptions): void {
  shared.leewayLogger = pino({
    level,
    base: { role },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorInLog },
    formatters: { level: (label) => ({ level: label }) },
  });
}

function logger(): Logger {
  if (!shared.leewayLogger) configureLog({ role: "main", level: "info" });
  return shared.leewayLogger as Logger;
}

type Fields = Record<string, unknown>;

/** Structured log. An event is in the past tense, with fields: log.info("rollout.advanced", { rolloutId, weight }). */
export const log = {
  /** Whether debug() writes its events. */
  get isDebugging(): boolean {
    return logger().isLevelEnabled("debug");
  },
  debug: (event: string, fields: Fields = {}) => logger().debug(fields, event),
  info: (event: string, fields: Fields = {}) => logger().info(fields, event),
  warn: (event: string, fields: Fields = {}) => logger().warn(fields, event),
  error: (event: string, fields: Fields & { cause?: unknown } = {}) => {
    const { cause, ...rest } = fields;
    logger().error(cause === undefined ? rest : { ...rest, err: cause }, event);
  },
};
