import pino from "pino";

const maxLength = 4_000;
const maxHeadLength = 1_500;

/**
 * An error as the log keeps it. One of a failed query holds all that was sent with it, three times over: megabytes of it for a batch
 * of metrics, so values are left out, and of long texts the middle. The cause stands at the end.
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
