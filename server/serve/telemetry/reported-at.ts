/** RFC 3339: with a time zone, since a time without one is another moment elsewhere. */
const instant = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Sources of a caller's time: a header, or else a parameter of the request. */
export interface NotificationTimes {
  headers?: Readonly<Record<string, unknown>> | undefined;
  parameters?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads a time that a caller reported.
 * @returns milliseconds since 1970; undefined if it is absent, or not in RFC 3339: a prediction is not rejected for it
 */
export function reportedAt(
  { headers, parameters }: NotificationTimes,
  { header, parameter }: { header: string; parameter: string },
): number | undefined {
  const reported = headers?.[header] ?? parameters?.[parameter];
  if (typeof reported !== "string" || !instant.test(reported)) return undefined;
  const at = Date.parse(reported.replace(" ", "T"));
  return Number.isNaN(at) ? undefined : at;
}
