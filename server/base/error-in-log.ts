import pino from "pino";

const maxLength = 4_000;
const maxHeadLength = 1_500;

/**
 * Prepares an error for the log. The error of a failed query contains all its parameters three times over: megabytes for a batch of
 * metrics. Therefore values are omitted, and long texts lose their middle. The cause comes last.
 */
export function errorInLog(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { params: _values, ...serialized } = pino.stdSerializers.err(error);
  return Object.fromEntries(
    Object.entries(serialized).map(([key, value]) => [key, typeof value === "string" ? shortened(value) : value]),
  );
}

function shortened(text: string): string {
  if (text.length <= maxLength) return text;
  const leftOut = text.length - maxLength;
  return `${text.slice(0, maxHeadLength)} … ${leftOut} characters … ${text.slice(maxHeadLength + leftOut)}`;
}
