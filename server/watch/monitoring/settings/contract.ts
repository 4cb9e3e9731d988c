import { z } from "zod";
import { MonitorSettings } from "../contract.ts";

/** Monitoring settings of an endpoint, with defaults for everything that is not set. */
export const Monitor = z.object({
  endpointId: z.uuid(),
  settings: MonitorSettings,
  /** 0 until the settings are first changed. */
  revision: z.number().int(),
  updatedBy: z.string().nullable(),
  updatedAt: z.date().nullable(),
});
export type Monitor = z.infer<typeof Monitor>;

export const GetMonitor = z.object({ endpointId: z.uuid() });
export type GetMonitor = z.input<typeof GetMonitor>;

export const SetMonitor = z.object({
  endpointId: z.uuid(),
  /** All of them: what is left out gets its default. */
  settings: MonitorSettings,
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
  /** Revision that was edited; rejected if someone else changed it since. */
  revision: z.number().int().min(0).optional(),
});
export type SetMonitor = z.input<typeof SetMonitor>;
