import type { QueueOptions } from "pg-boss";

/** Every kind of job and what it is told. Handlers are in handlers.ts, schedules in schedule.ts. */
export interface JobData {
  "inspect-version": { versionId: string };
  "maintain-predictions": Record<string, never>;
  "forget-sign-in-attempts": Record<string, never>;
}

export type JobKind = keyof JobData;

/** How often each kind is tried again, and how long one attempt may take. */
export const queueOptions: Record<JobKind, QueueOptions> = {
  "inspect-version": { retryLimit: 5, retryDelay: 2, retryBackoff: true, expireInSeconds: 300 },
  "maintain-predictions": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
  "forget-sign-in-attempts": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
};
