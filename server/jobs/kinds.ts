/** Every kind of job and what it is told. Handlers are in handlers.ts, schedules in schedule.ts. */
export interface JobData {
  "inspect-version": { versionId: string };
}

export type JobKind = keyof JobData;
