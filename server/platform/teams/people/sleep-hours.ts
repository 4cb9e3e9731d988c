/** Returns whether it is between 22:00 and 07:00 in a time zone: when a page interrupts sleep (docs/spec/alerting.md section 16). */
export function isSleepHour(at: Date, timeZone: string): boolean {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" });
  const hour = Number(format.format(at));
  return hour >= 22 || hour < 7;
}
