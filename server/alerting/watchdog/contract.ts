import { z } from "zod";

const minSeconds = 60;
const maxSeconds = 86_400;

export const SetWatchdog = z.object({
  /** Receiver of the watchdog; null disables it. */
  receiverId: z.uuid().nullable(),
  /** Seconds between two messages. */
  intervalSeconds: z
    .number()
    .int()
    .min(minSeconds, "Must be at least 1 minute.")
    .max(maxSeconds, "Must be at most 1 day.")
    .default(300),
});
export type SetWatchdog = z.input<typeof SetWatchdog>;

export const Watchdog = z.object({
  /** Null while the watchdog is disabled. */
  receiver: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  intervalSeconds: z.number().int(),
  /** Last evaluation of the alert rules by a worker; null before the first one. */
  evaluatedAt: z.date().nullable(),
  lastDeliveredAt: z.date().nullable(),
  /** "off"; "waiting" before the first delivery; "delivered"; "late" when two intervals passed without a delivery. */
  state: z.enum(["off", "waiting", "delivered", "late"]),
});
export type Watchdog = z.infer<typeof Watchdog>;
