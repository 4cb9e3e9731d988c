/** Why someone should look at a training job, worst first. docs/spec/training.md section 17. */
export const jobProblemKinds = ["failed", "torn", "unsaved", "stalled"] as const;
