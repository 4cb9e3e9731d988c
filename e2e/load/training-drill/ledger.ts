import type { Answer, Passing } from "./relay.ts";

/** What one answered start gave out: tokens that are good until the next start of the job is answered, or the attempt has ended. */
export interface Given {
  launch: string;
  job: string;
  attempt: number;
  /** Of the wrapper, and of the program's MLflow client. */
  token: string;
  mlflowToken: string;
  runId: string;
  /** When the answer passed, in milliseconds of the relay's clock. */
  at: number;
  /** When the start after it was answered. */
  replacedAt: number | undefined;
  /** Whether a checkpoint of it was acknowledged. */
  hasSaved: boolean;
}

const attemptPath = /^\/api\/v1\/training\/attempts\/([^/]+)\/(\d+)\/([^?]*)/;

/** What wrappers and programs were given and did, as it passed between them and Leeway. */
export class Ledger {
  readonly given: Given[] = [];
  /** What must not happen, in words. */
  readonly lateWrites: string[] = [];
  readonly lostCheckpoints: string[] = [];
  /** Answers by kind of call and status. */
  readonly outcomes = new Map<string, number>();
  private readonly byToken = new Map<string, Given>();
  /** Highest step of a checkpoint that Leeway has acknowledged, by job. */
  private readonly saved = new Map<string, number>();

  note(passing: Passing, answer: Answer): void {
    const { method, path, body } = passing;
    const kind = attemptPath.exec(path)?.[3]?.split("/")[0] ?? (/launches\/[^/]+\/(\w+)/.exec(path)?.[1] || "mlflow");
    const key = `${kind} ${answer.status}`;
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1);
    if (kind === "start" && answer.status === 200) this.start(path, answer);
    if (answer.status >= 300 || method === "GET" || method === "HEAD") return;
    const given = this.byToken.get(/^Bearer (\S+)$/.exec(passing.headers.authorization ?? "")?.[1] ?? "");
    // An end that was reported once is acknowledged for ever, and changes nothing.
    if (!given || kind === "end") return;
    if (given.replacedAt !== undefined && passing.at > given.replacedAt) {
      this.lateWrites.push(`${kind} of ${given.job}, attempt ${given.attempt}, was accepted after the next had begun.`);
    }
    if (kind === "checkpoints" && path.endsWith("/checkpoints")) {
      const { step } = JSON.parse(body.toString()) as { step: number };
      given.hasSaved = true;
      this.saved.set(given.job, Math.max(step, this.saved.get(given.job) ?? 0));
    }
  }

  /** Whether the newest attempt of a launch has saved a checkpoint. */
  hasSaved(launch: string): boolean {
    return this.given.findLast((one) => one.launch === launch)?.hasSaved ?? false;
  }

  private start(path: string, answer: Answer): void {
    const started = JSON.parse(answer.body.toString()) as {
      jobId: string;
      attempt: number;
      token: string;
      runId: string;
      environment: Record<string, string>;
      checkpoints: { step: number }[];
    };
    const { jobId: job, attempt, token, runId, environment, checkpoints } = started;
    const at = performance.now();
    for (const one of this.given) if (one.job === job) one.replacedAt ??= at;
    const mlflowToken = environment.MLFLOW_TRACKING_TOKEN ?? "";
    const launch = /launches\/([^/]+)\/start/.exec(path)?.[1] ?? "";
    const given: Given = {
      launch,
      job,
      attempt,
      token,
      mlflowToken,
      runId,
      at,
      replacedAt: undefined,
      hasSaved: false,
    };
    this.given.push(given);
    this.byToken.set(token, given).set(mlflowToken, given);
    const [newest = 0, saved = 0] = [checkpoints[0]?.step, this.saved.get(job)];
    if (newest < saved)
      this.lostCheckpoints.push(`${job}: saved at ${saved}, and attempt ${attempt} began at ${newest}.`);
  }
}
