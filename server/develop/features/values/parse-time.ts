const isoTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(?:([Zz]|UTC)|([+-])(\d\d)(?::?(\d\d))?))?)?$/;
const dayUs = 86_400_000_000n;

/**
 * Reads a time as text: ISO 8601, with a date at least; without an offset it is UTC. Digits below a microsecond round it up, so that a row is
 * never taken for older than it is.
 * @returns microseconds since 1970 (UTC), or undefined for anything else
 */
export function parseTime(text: string): bigint | undefined {
  const match = isoTime.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", , sign, offsetHour, offsetMinute] =
    match;
  const clock = [Number(hour), Number(minute), Number(second)] as const;
  if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59) return undefined;
  const days = dayNumber(Number(year), Number(month), Number(day));
  if (days === undefined) return undefined;
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === "-" ? -1 : 1);
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return undefined;
  const seconds = clock[0] * 3600 + (clock[1] - offset) * 60 + clock[2];
  const nanoseconds = Number(fraction.padEnd(9, "0"));
  return BigInt(days) * dayUs + BigInt(seconds) * 1_000_000n + BigInt(Math.ceil(nanoseconds / 1000));
}

/** Returns the days since 1970, or undefined if there is no such day. */
function dayNumber(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  // Date.UTC takes the years 0 to 99 for those of the last century.
  date.setUTCFullYear(year, month - 1, day);
  // Dates take 31 February for 3 March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / 86_400_000;
}

/** Writes a time as RFC 3339 with 0, 3 or 6 digits. @param us microseconds since 1970 (UTC) */
export function formatTime(us: number | bigint): string {
  const time = BigInt(us);
  const rest = ((time % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = new Date(Number((time - rest) / 1000n)).toISOString().slice(0, -5);
  if (rest === 0n) return `${whole}Z`;
  const digits = String(rest).padStart(6, "0");
  return `${whole}.${digits.endsWith("000") ? digits.slice(0, 3) : digits}Z`;
}
