const hourMs = 3_600_000;
/** Hour at which "until morning" ends, in the user's time zone. */
const morningHour = 8;

export const endPresets = [
  { key: "1h", label: "1 h" },
  { key: "4h", label: "4 h" },
  { key: "morning", label: "Until morning" },
] as const;
export type EndPreset = (typeof endPresets)[number]["key"];

/** Returns the end of a silence for a preset. */
export function presetEnd(preset: EndPreset, now: Date): Date {
  if (preset !== "morning") return new Date(now.getTime() + (preset === "1h" ? 1 : 4) * hourMs);
  const morning = new Date(now);
  morning.setHours(morningHour, 0, 0, 0);
  if (morning <= now) morning.setDate(morning.getDate() + 1);
  return morning;
}

/** Formats a moment for a field of type datetime-local, in the user's time zone. */
export function fieldTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
