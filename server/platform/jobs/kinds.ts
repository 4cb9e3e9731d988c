import type { QueueOptions } from "pg-boss";

/** Every kind of job with its data. Handlers are in server/roles/jobs/handlers.ts, times in schedule.ts. */
export interface JobData {
  "inspect-version": { versionId: string };
  "give-up-inspection": { versionId: string } & GivenUp;
  "scan-version": { versionId: string };
  "give-up-scan": { versionId: string } & GivenUp;
  "run-gates": { versionId: string; alias: string; checkId: string };
  "give-up-gates": { versionId: string; alias: string; checkId: string } & GivenUp;
  /** With a maker: the work whose result the file is. Once another runner has that work, or none, the file is not read. */
  "read-dataset": { uploadId: string; maker?: { trainingSetId: string; runner: string } };
  "give-up-dataset": { uploadId: string } & GivenUp;
  "check-dataset": { versionId: string; contractId: string };
  "find-leakage": { checkId: string };
  "give-up-leakage": { checkId: string } & GivenUp;
  "build-profile": { profileId: string };
  "give-up-profile": { profileId: string } & GivenUp;
  "find-reference": { versionId: string };
  "run-analysis": { analysisId: string };
  "give-up-analysis": { analysisId: string } & GivenUp;
  "freeze-evaluation-set": { setId: string };
  "give-up-evaluation-set": { setId: string } & GivenUp;
  "run-evaluation": { runId: string };
  "resume-evaluations": Record<string, never>;
  "forget-deliveries": Record<string, never>;
  "forget-notifications": Record<string, never>;
  "run-import": { importId: string };
  "run-export": { exportId: string };
  "resume-transfers": Record<string, never>;
  "run-load-test": { loadTestId: string };
  "resume-load-tests": Record<string, never>;
  "pack-metrics": Record<string, never>;
  "shrink-metrics": Record<string, never>;
  "maintain-predictions": Record<string, never>;
  "maintain-features": Record<string, never>;
  "pack-features": Record<string, never>;
  "compare-features": Record<string, never>;
  "measure-feature-drift": Record<string, never>;
  "remove-feature-key": { removalId: string };
  "resume-key-removals": Record<string, never>;
  "make-training-set": { trainingSetId: string };
  "find-feature-uses": { runId?: string; versionId?: string };
  "resume-training-sets": Record<string, never>;
  materialise: { materialisationId: string };
  "resume-materialisations": Record<string, never>;
  "start-materialisations": Record<string, never>;
  "mend-tasks": Record<string, never>;
  "forget-tasks": Record<string, never>;
  "forget-playground-runs": Record<string, never>;
  "maintain-labels": Record<string, never>;
  "maintain-training": Record<string, never>;
  "export-labels": { projectId: number; exportId: string };
  "give-up-label-export": { projectId: number; exportId: string } & GivenUp;
  "want-label-answers": { projectId: number; answers: number };
  "decide-label-tasks": { projectId: number; roundId: string };
  "run-labels": { runId: number };
  "give-up-label-run": { runId: number } & GivenUp;
  "watch-runs": Record<string, never>;
  "forget-sign-in-attempts": Record<string, never>;
  "end-sign-in-episodes": Record<string, never>;
  "verify-audit-log": Record<string, never>;
  "forget-alerts": Record<string, never>;
  "forget-answers": Record<string, never>;
  "roll-up-states": Record<string, never>;
  "roll-up-windows": Record<string, never>;
  "send-digests": Record<string, never>;
  "refresh-reports": Record<string, never>;
  "attribute-kpi-events": Record<string, never>;
  "forget-sli-hours": Record<string, never>;
  "meter-costs": Record<string, never>;
  "collect-artifacts": Record<string, never>;
  "sweep-artifacts": Record<string, never>;
  "purge-trash": Record<string, never>;
  "apply-retention": Record<string, never>;
}

/** Data of a dead letter job, which runs when the last attempt of the job that names it has failed. */
interface GivenUp {
  /** Human-readable reason why the last attempt failed, in one sentence; the runner fills it in. */
  reason: string;
}

export type JobKind = keyof JobData;

/** Kinds that open files of users, which may hang for as long as an attempt may take: a workspace gets only half of their runners. */
export const foreignFileKinds: ReadonlySet<JobKind> = new Set<JobKind>(["inspect-version", "scan-version"]);

/** Number of retries of each kind, and the maximum duration of an attempt. A dead letter precedes the kind that names it. */
export const queueOptions: Record<JobKind, QueueOptions & { deadLetter?: JobKind }> = {
  "give-up-inspection": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "inspect-version": {
    retryLimit: 5,
    retryDelay: 2,
    retryBackoff: true,
    // Longer than a model may load (describe-model.ts): that one is then rejected permanently, instead of loading again and again.
    expireInSeconds: 1800,
    deadLetter: "give-up-inspection",
  },
  "give-up-scan": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "scan-version": {
    retryLimit: 5,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 900,
    deadLetter: "give-up-scan",
  },
  "give-up-gates": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  // Gates that run versions have ten minutes together.
  "run-gates": {
    retryLimit: 5,
    retryDelay: 2,
    retryBackoff: true,
    expireInSeconds: 900,
    deadLetter: "give-up-gates",
  },
  // A file of a hundred million rows takes an hour; a store that is out of reach may stay so for a night.
  "give-up-dataset": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "read-dataset": {
    retryLimit: 12,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 7200,
    deadLetter: "give-up-dataset",
  },
  "check-dataset": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 7200 },
  "give-up-leakage": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "find-leakage": {
    retryLimit: 12,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 7200,
    deadLetter: "give-up-leakage",
  },
  "give-up-profile": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "build-profile": {
    retryLimit: 12,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 7200,
    deadLetter: "give-up-profile",
  },
  "find-reference": { retryLimit: 5, retryDelay: 5, retryBackoff: true, expireInSeconds: 120 },
  "give-up-analysis": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "run-analysis": {
    retryLimit: 5,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 3600,
    deadLetter: "give-up-analysis",
  },
  "give-up-evaluation-set": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "freeze-evaluation-set": {
    retryLimit: 5,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 3600,
    deadLetter: "give-up-evaluation-set",
  },
  // Leased; resume-evaluations detects an expired lease.
  "run-evaluation": { retryLimit: 0, expireInSeconds: 86_400 },
  "resume-evaluations": { retryLimit: 0, expireInSeconds: 120 },
  "forget-deliveries": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
  "forget-notifications": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
  // The runner holds a lease of a minute; resume-transfers detects an expired one, independently of the queue's timeout.
  "run-import": { retryLimit: 0, expireInSeconds: 86_400 },
  "run-export": { retryLimit: 0, expireInSeconds: 86_400 },
  "resume-transfers": { retryLimit: 0, expireInSeconds: 300 },
  // Leased as well; resume-load-tests detects an expired lease.
  "run-load-test": { retryLimit: 0, expireInSeconds: 7200 },
  "resume-load-tests": { retryLimit: 0, expireInSeconds: 120 },
  // The next run, a minute later, packs what one leaves.
  "pack-metrics": { retryLimit: 0, expireInSeconds: 120 },
  "shrink-metrics": { retryLimit: 2, retryDelay: 60, expireInSeconds: 3600 },
  "maintain-predictions": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
  // The next run, a quarter of an hour later, packs what one leaves.
  "pack-features": { retryLimit: 0, expireInSeconds: 3600 },
  // The next run, an hour later, measures what one leaves.
  "measure-feature-drift": { retryLimit: 1, retryDelay: 300, expireInSeconds: 3600 },
  // Leased; resume-key-removals detects an expired lease.
  "remove-feature-key": { retryLimit: 0, expireInSeconds: 86_400 },
  "resume-key-removals": { retryLimit: 0, expireInSeconds: 120 },
  // The next run, an hour later, compares what one leaves.
  "compare-features": { retryLimit: 1, retryDelay: 300, expireInSeconds: 3600 },
  // Leased; resume-training-sets detects an expired lease.
  "make-training-set": { retryLimit: 0, expireInSeconds: 86_400 },
  "resume-training-sets": { retryLimit: 0, expireInSeconds: 120 },
  // Leased; resume-materialisations detects an expired lease.
  materialise: { retryLimit: 0, expireInSeconds: 86_400 },
  "resume-materialisations": { retryLimit: 0, expireInSeconds: 120 },
  // The next run, a minute later, starts what one leaves.
  "start-materialisations": { retryLimit: 0, expireInSeconds: 120 },
  "find-feature-uses": { retryLimit: 5, retryDelay: 5, retryBackoff: true, expireInSeconds: 120 },
  "maintain-features": { retryLimit: 2, retryDelay: 30, expireInSeconds: 3600 },
  "mend-tasks": { retryLimit: 0, expireInSeconds: 120 },
  "forget-tasks": { retryLimit: 2, retryDelay: 60, expireInSeconds: 3600 },
  "forget-playground-runs": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
  "maintain-labels": { retryLimit: 2, retryDelay: 300, expireInSeconds: 3600 },
  "maintain-training": { retryLimit: 2, retryDelay: 300, expireInSeconds: 3600 },
  "give-up-label-export": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "export-labels": {
    retryLimit: 5,
    retryDelay: 10,
    retryBackoff: true,
    expireInSeconds: 7200,
    deadLetter: "give-up-label-export",
  },
  "want-label-answers": { retryLimit: 5, retryDelay: 30, retryBackoff: true, expireInSeconds: 3600 },
  // What fails for good is started again at night.
  "decide-label-tasks": { retryLimit: 5, retryDelay: 30, retryBackoff: true, expireInSeconds: 3600 },
  "give-up-label-run": { retryLimit: 12, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "run-labels": {
    retryLimit: 3,
    retryDelay: 10,
    retryBackoff: true,
    expireInSeconds: 1800,
    deadLetter: "give-up-label-run",
  },
  // A failed evaluation is not retried; the next one follows a minute later.
  "watch-runs": { retryLimit: 0, expireInSeconds: 120 },
  "forget-sign-in-attempts": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
  // The next run, a minute later, ends what one leaves.
  "end-sign-in-episodes": { retryLimit: 0, expireInSeconds: 120 },
  "verify-audit-log": { retryLimit: 2, retryDelay: 600, expireInSeconds: 7200 },
  "send-digests": { retryLimit: 0, expireInSeconds: 600 },
  "refresh-reports": { retryLimit: 0, expireInSeconds: 600 },
  // The next run, a minute later, finds what one misses.
  "attribute-kpi-events": { retryLimit: 0, expireInSeconds: 120 },
  "forget-sli-hours": { retryLimit: 2, retryDelay: 60, expireInSeconds: 3600 },
  // The next run, a minute later, merges what one leaves.
  "roll-up-states": { retryLimit: 0, expireInSeconds: 600 },
  "roll-up-windows": { retryLimit: 0, expireInSeconds: 600 },
  "forget-alerts": { retryLimit: 2, retryDelay: 60, expireInSeconds: 3600 },
  "forget-answers": { retryLimit: 2, retryDelay: 30, expireInSeconds: 300 },
  // The next run, a minute later, counts what one leaves.
  "meter-costs": { retryLimit: 0, expireInSeconds: 300 },
  "collect-artifacts": { retryLimit: 3, retryDelay: 60, expireInSeconds: 3600 },
  "sweep-artifacts": { retryLimit: 2, retryDelay: 60, expireInSeconds: 3600 },
  "purge-trash": { retryLimit: 3, retryDelay: 60, expireInSeconds: 3600 },
  "apply-retention": { retryLimit: 2, retryDelay: 60, expireInSeconds: 3600 },
};
