const unitMs: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** Greatest delay that a timer of Node takes. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Reads the header grpc-timeout: up to eight digits and a unit, such as "20S" (gRPC over HTTP/2, Requests).
 * @returns milliseconds; undefined without a limit, or with one beyond what a timer takes; null if it is malformed
 */
export function readTimeout(header: string | undefined): number | undefined | null {
  if (header === undefined) return undefined;
  const match = /^(\d{1,8})([HMSmun])$/.exec(header.trim());
  if (!match) return null;
  const milliseconds = Number(match[1]) * (unitMs[match[2] ?? ""] ?? 0);
  return milliseconds > maxTimerMs ? undefined : milliseconds;
}
