import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { apiTokens, trainingAttempts } from "#db/schema/index.ts";
import { launchJob, newTrainingJob, startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { launchTokenOf } from "../attempts/launch-token.ts";
import { getJobHistory } from "../history/queries.ts";
import { TrainingJobDetails } from "./contract.ts";
import { getJob, listJobs } from "./queries.ts";
import { stopJob } from "./stop-job.ts";

test(
  "shows no token, nor the hash of one, whatever an answer is made from",
  inWorkspace(async (ctx) => {
    const { id } = await newTrainingJob(ctx);
    const launch = await launchJob(ctx, id);
    const started = await startAttempt(ctx, launch);
    const [attempt] = await ctx.db.select().from(trainingAttempts).where(eq(trainingAttempts.jobId, id));
    const [token] = await ctx.db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.id, attempt?.apiTokenId ?? ""));
    const secrets = [
      started.token,
      started.environment.MLFLOW_TRACKING_TOKEN,
      attempt?.tokenHash,
      token?.hash,
      await launchTokenOf(ctx.db, launch),
    ];
    expect(secrets.every((secret) => (secret?.length ?? 0) > 20)).toBe(true);
    const job = await getJob(ctx, id);
    const answers = JSON.stringify([
      job,
      await listJobs(ctx),
      await getJobHistory(ctx, id),
      await stopJob(ctx, { job: id }),
    ]);
    for (const secret of secrets) expect(answers).not.toContain(secret);
    const shown = Object.keys(TrainingJobDetails.shape.attempts.element.shape);
    expect(job.attempts.map((each) => Object.keys(each).sort())).toEqual([shown.sort()]);
  }),
);
