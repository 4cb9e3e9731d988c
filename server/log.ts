import pino from "pino";

const logger = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: { role: process.env.LEEWAY_ROLE ?? "main" },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
});

type Fields = Record<string, unknown>;

/** Structured log. An event is in the past tense, with fields: log.info("rollout.advanced", { rolloutId, weight }). */
export const log = {
  debug: (event: string, fields: Fields = {}) => logger.debug(fields, event),
  info: (event: string, fields: Fields = {}) => logger.info(fields, event),
  warn: (event: string, fields: Fields = {}) => logger.warn(fields, event),
  error: (event: string, fields: Fields & { cause?: unknown } = {}) => {
    const { cause, ...rest } = fields;
    logger.error(cause === undefined ? rest : { ...rest, err: cause }, event);
  },
};
