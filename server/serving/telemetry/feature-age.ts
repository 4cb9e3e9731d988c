/** RFC 3339: with a time zone, since a time without one is another moment elsewhere. */
const instant = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

const featuresAtHeader = "leeway-features-at";
const featuresAtParameter = "features_at";

interface Told {
  headers?: Readonly<Record<string, unknown>> | undefined;
  parameters?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * How old the features of a request are, by the header or else the parameter that says when they were made.
 * @param now milliseconds since 1970 @returns milliseconds, at least 0; undefined where the caller does not say, or not in RFC 3339:
 * a prediction is not refused for it
 */
export function featureAge({ headers, parameters }: Told, now: number): number | undefined {
  const told = headers?.[featuresAtHeader] ?? parameters?.[featuresAtParameter];
  if (typeof told !== "string" || !instant.test(told)) return undefined;
  const at = Date.parse(told.replace(" ", "T"));
  return Number.isNaN(at) ? undefined : Math.max(0, now - at);
}
