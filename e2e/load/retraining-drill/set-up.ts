import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import type { PolicyInForce } from "#server/develop/registry/policy/contract.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { type DemoTarget, RequestRefused, send } from "#server/roles/demo/client.ts";
import { retrainingProgram } from "#server/roles/demo/retraining/retraining-program.ts";
import { type Form, readScannedDigits, requestOf } from "#server/roles/demo/retraining/scanned-digits.ts";
import {
  ensureEvaluationSet,
  ensureForms,
  ensureScanner,
  trainingDataset,
} from "#server/roles/demo/retraining/scanner-endpoint.ts";

export const [model, endpoint] = ["drilled-digits", "drilled-digits"];
const [frozenSet, template, engine] = ["drilled-digits-frozen", "Retrain drilled digits", "this-machine"];
/** Rows of a training set: enough for a network that reads most digits, and few enough for seconds. */
const trainingRows = 300;

/** A job of some seconds. */
const parameters = { epochs: 8, hidden: 12, learning_rate: 0.1 };

/** Permissive, since the drill is about what survives, not about which candidate is better. */
const rules = {
  triggers: [],
  labels: { atLeast: 0, perClass: 0, completeness: 0 },
  limits: { cooldownHours: 1, maxPer30Days: 100, maxAgeHours: 2 },
  accept: { margin: 0.5 },
};

const rolloutPlan = {
  steps: [{ weight: 0.5, minSeconds: 2, maxSeconds: 6, minUnits: 8 }],
  guardrails: [{ metric: "errors" }],
  advanceWhen: "no-harm-found",
  budget: "ignore",
  watch: { seconds: 3, shadowShare: 0 },
};

export interface Fixture {
  learned: readonly Form[];
  samples: ReturnType<typeof requestOf>[];
  /** Token of a person who approves what another one has requested. */
  approver: string;
}

/** Serves a digits model, and makes its policy with all that the policy needs. */
export async function setUp(target: DemoTarget, db: Database): Promise<Fixture> {
  const { learned, measured } = await readScannedDigits();
  const first = "What version 1 learned from";
  const digest = await untilAnswered(() => ensureForms(target, trainingDataset, learned, first));
  const scanner = { model, endpoint, experiment: "Drilled digits", description: "" };
  await untilAnswered(() => ensureScanner(target, scanner, digest));
  const words = "Forms that no version learns from";
  const frozen = await untilAnswered(() => ensureEvaluationSet(target, frozenSet, measured, words));
  const api = `${target.url}/api/v1`;
  const { policy } = await send<PolicyInForce>(target, "GET", `${api}/models/${model}/policy`);
  const gate = {
    kind: "evaluation",
    set: { name: frozen.name, digest: frozen.digest },
    metric: "accuracy",
    bound: 0.3,
  };
  await send(target, "PUT", `${api}/models/${model}/policy`, { policy: { ...policy, gates: [gate] }, reason: "Drill" });
  await saveTemplate(target);
  await send(target, "POST", `${api}/retraining-policies`, {
    model,
    endpoint,
    rules,
    plan: {
      data: { kind: "dataset", name: trainingDataset },
      job: { template, priority: "normal" },
      compare: { frozenSet: frozen.id, freshSet: null },
      release: { plan: rolloutPlan, needsApproval: true },
    },
  });
  return { learned, samples: measured.map(requestOf), approver: await newApprover(db) };
}

async function saveTemplate(target: DemoTarget): Promise<void> {
  const api = `${target.url}/api/v1/training`;
  const program = await retrainingProgram();
  const settings = { kind: "local", cores: 1, maxJobs: 1, memoryBytes: 1_000_000_000 };
  const { id: engineId } = await send<{ id: string }>(target, "POST", `${api}/engines`, { name: engine, settings });
  await send(target, "PUT", `${api}/packages/${program.sha256}`, program.bytes);
  const job = {
    command: ["python3", "retrain.py"],
    packageKey: program.sha256,
    parameters,
    // The program ends where web is away for longer than it waits.
    limits: { hours: 0.5, graceSeconds: 5, maxFailures: 5, maxLosses: 10 },
  };
  await send(target, "PUT", `${api}/templates/${encodeURIComponent(template)}`, { spec: { job, engineId } });
}

async function newApprover(db: Database): Promise<string> {
  const [workspace] = await db.select({ id: workspaces.id }).from(workspaces);
  const [user] = await db
    .insert(users)
    .values({ email: "approver@drill.test", name: "Approver" })
    .returning({ id: users.id });
  if (!workspace || !user) throw new Error("The approver was not stored.");
  await db.insert(memberships).values({ workspaceId: workspace.id, userId: user.id, role: "operator" });
  const ctx = systemContext(db, workspace.id, "drill");
  const scopes = ["serving" as const, "training:read" as const];
  return (await createTokenFor(ctx, user.id, { name: "drill", scopes })).secret;
}

/** Uploads rows for the next cycle, which no version has learned from as they are. The same rows again are the same version. */
export async function uploadRows(target: DemoTarget, { learned }: Fixture, turn: number): Promise<void> {
  const rows = Array.from({ length: trainingRows }, (_, at) => learned[(turn * 7 + at) % learned.length]);
  const forms = rows.flatMap((form) => form ?? []);
  await untilAnswered(() => ensureForms(target, trainingDataset, forms, `Rows of turn ${turn}`));
}

/** Repeats what may be repeated while it is not answered; a refusal is an error. */
async function untilAnswered<Of>(work: () => Promise<Of>): Promise<Of> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 30 || (error instanceof RequestRefused && error.status < 500)) throw error;
      await pause(1_000);
    }
  }
}
