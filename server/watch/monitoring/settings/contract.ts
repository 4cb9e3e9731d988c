import { z } from "zod";
import { MonitorSettings } from "../contract.ts";

/** How an endpoint is watched, with every part that nobody set at its default. */
export const Monitor = z.object({
  endpointId: z.uuid(),
  settings: MonitorSettings,
  /** 0 while nobody set anything. */
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
  /** The revision that was looked at; refused when somebody else was faster. */
  revision: z.number().int().min(0).optional(),
});
export type SetMonitor = z.input<typeof SetMonitor>;
