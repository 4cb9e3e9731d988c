const nbsp = "\u00a0";

/** Formats a duration to the second: "52 s", "10 min 9 s", "1 h 5 min". @param seconds not negative */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return minutes === 0 ? `${hours}${nbsp}h` : `${hours}${nbsp}h ${minutes}${nbsp}min`;
  if (minutes === 0) return `${rest}${nbsp}s`;
  return rest === 0 ? `${minutes}${nbsp}min` : `${minutes}${nbsp}min ${rest}${nbsp}s`;
}
