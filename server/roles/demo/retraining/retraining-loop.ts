import { setTimeout as pause } from "node:timers/promises";
import { log } from "#server/base/log.ts";
import { type DemoTarget, send } from "../client.ts";
import { sendTraffic } from "../traffic.ts";
import type { TrainingProgram } from "../training/training-program.ts";
import { NewestForms } from "./newest-forms.ts";
import { ensureAccuracySlo, ensureRetrainingPolicy } from "./retraining-policies.ts";
import { ensureRetrainingTemplate } from "./retraining-template.ts";
import {
  doubled,
  type Form,
  readScannedDigits,
  requestOf,
  type ScannedDigits,
  tableOf,
  withDeadLine,
} from "./scanned-digits.ts";
import { ensureEvaluationSet, ensureForms, ensureScanner, type Scanner, trainingDataset } from "./scanner-endpoint.ts";

export const formsScanner: Scanner = {
  model: "scanned-digits",
  endpoint: "digits-scanner",
  experiment: "Scanned digits",
  description: "Reads the digits of forms. Its scanner is replaced, and a policy retrains it.",
};
export const tillScanner: Scanner = {
  model: "till-digits",
  endpoint: "digits-till",
  experiment: "Till digits",
  description: "Reads the digits of receipts. Its scanner is broken, so its policy is on hold.",
};
const frozenSet = "scanned-digits-frozen";
const freshSet = "scanned-digits-fresh";

/** Time for which the scanner delivers what version 1 knows: enough for quality before the drift. */
const beforeMs = 150_000;
/** Time between two uploads of what was typed in meanwhile. */
const uploadMs = 20_000;
/** Forms of a set below which its accuracy says little. */
const minForms = 100;
/** Time from the scan of a form until its digit is known. */
const typingMs = 8_000;
/** Requests of the scanner for each one of other endpoints: its rollout ends while someone watches. */
const pace = 1.6;
const tillRequestsPerSecond = 1;

/** What runs the loop: the demo's rate, and the program that trains. */
interface LoopPlan {
  requestsPerSecond: number;
  program: TrainingProgram;
  /** Called with what a viewer of the terminal waits for. */
  say(line: string): void;
}

/**
 * Runs a scanner whose replacement makes its model wrong, with a policy that trains the model again from what people type in; and a second one that
 * delivers broken pictures, whose policy trains nothing. What is refused, perhaps since someone changed it, is logged and left out.
 */
export async function runRetrainingLoop(target: DemoTarget, plan: LoopPlan, signal: AbortSignal): Promise<void> {
  const orWarn = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      if (!signal.aborted) log.warn("demo.not-retrained", { reason: String(error) });
    });
  await orWarn(
    prepare(target, plan).then(async (scanned) => {
      await Promise.all([orWarn(runForms(target, scanned, plan, signal)), orWarn(runTill(target, scanned, signal))]);
    }),
  );
}

async function prepare(target: DemoTarget, { program }: LoopPlan): Promise<Scanned> {
  const digits = await readScannedDigits();
  const digest = await ensureForms(target, trainingDataset, digits.learned, "What version 1 learned from");
  await ensureScanner(target, formsScanner, digest);
  const frozen = await ensureEvaluationSet(target, frozenSet, digits.measured, "Forms of the first scanner");
  await ensureRetrainingTemplate(target, program);
  const sloId = await ensureAccuracySlo(target, formsScanner);
  return { digits, digest, frozen, sloId, isReplaced: await isReplaced(target) };
}

/** Whether an earlier start of the demo has replaced the scanner: a later version than the first serves. */
async function isReplaced(target: DemoTarget): Promise<boolean> {
  const url = `${target.url}/api/v1/endpoints/${formsScanner.endpoint}`;
  const { current } = await send<{ current: { version: number } | null }>(target, "GET", url);
  return (current?.version ?? 1) > 1;
}

interface Scanned {
  digits: ScannedDigits;
  /** Version of the training data that version 1 learned from. */
  digest: string;
  frozen: { id: string; name: string; digest: string };
  sloId: string;
  isReplaced: boolean;
}

async function runForms(target: DemoTarget, scanned: Scanned, plan: LoopPlan, signal: AbortSignal): Promise<void> {
  const { typed, measured } = scanned.digits;
  const replacedAt = scanned.isReplaced ? 0 : Date.now() + beforeMs;
  const newest = {
    typed: new NewestForms({ size: typed.length, delayMs: typingMs }),
    measured: new NewestForms({ size: measured.length, delayMs: typingMs }),
  };
  const next = (forms: readonly Form[], known: NewestForms) => {
    let sent = 0;
    return () => {
      const form = forms[sent++ % forms.length];
      if (!form) return undefined;
      const now = Date.now();
      const delivered = now < replacedAt ? form : doubled(form);
      known.add(delivered, now);
      return requestOf(delivered);
    };
  };
  const rate = (pace * plan.requestsPerSecond) / (typed.length + measured.length);
  const { endpoint } = formsScanner;
  const traffic = (forms: readonly Form[], known: NewestForms, labelDelaySeconds: number | null) => {
    const requestsPerSecond = rate * forms.length;
    return sendTraffic(
      target,
      { endpoint, samples: next(forms, known), requestsPerSecond, labelDelaySeconds, badShare: 0 },
      signal,
    );
  };
  plan.say(scanned.isReplaced ? "the second one" : `the first one; replaced in ${beforeMs / 1000} s`);
  await Promise.all([
    traffic(measured, newest.measured, typingMs / 1000),
    // What people type in for training reaches Leeway as a dataset, so that quality is measured on forms that no version has learned from.
    traffic(typed, newest.typed, null),
    keepData(target, scanned, newest, signal),
  ]);
}

interface Known {
  typed: readonly Form[];
  measured: readonly Form[];
}

/** Publishes what was typed in, as long as it differs from the last time. What is refused is tried again with newer forms. */
async function keepData(
  target: DemoTarget,
  scanned: Scanned,
  newest: { typed: NewestForms; measured: NewestForms },
  signal: AbortSignal,
): Promise<void> {
  let uploaded: Buffer | undefined;
  while (!signal.aborted) {
    await pause(uploadMs, undefined, { signal }).catch(() => {});
    const [typed, measured] = [newest.typed.known(Date.now()), newest.measured.known(Date.now())];
    if (signal.aborted || Math.min(typed.length, measured.length) < minForms) continue;
    const content = tableOf([...typed, ...measured]);
    if (uploaded?.equals(content)) continue;
    await publishData(target, scanned, { typed, measured }).then(
      () => (uploaded = content),
      (error: unknown) => log.warn("demo.forms-not-uploaded", { reason: String(error) }),
    );
  }
}

/** Uploads what was typed in as the newest versions of the training data and of the fresh set, and creates the policy once both are there. */
async function publishData(
  target: DemoTarget,
  { digits, frozen, sloId }: Scanned,
  { typed, measured }: Known,
): Promise<void> {
  await ensureForms(target, trainingDataset, [...digits.learned, ...typed], "With the newest forms");
  await ensureEvaluationSet(target, freshSet, measured, "The newest forms");
  await ensureRetrainingPolicy(target, {
    scanner: formsScanner,
    triggers: [
      // Quality that labels confirm, and not drift alone: that would start a training also where the model reads the new digits well.
      { kind: "slo", slo: sloId, remainingBelow: 0.25 },
      { kind: "dataset", dataset: trainingDataset },
    ],
    frozen,
    freshSet,
  });
}

async function runTill(target: DemoTarget, { digits, digest, frozen }: Scanned, signal: AbortSignal): Promise<void> {
  await ensureScanner(target, tillScanner, digest);
  const triggers = [{ kind: "drift" as const, features: [], forHours: 0 }];
  await ensureRetrainingPolicy(target, { scanner: tillScanner, triggers, frozen, freshSet: null });
  const samples = digits.measured.map((form) => requestOf(withDeadLine(form)));
  const { endpoint } = tillScanner;
  const plan = { endpoint, samples, requestsPerSecond: tillRequestsPerSecond, labelDelaySeconds: null, badShare: 0 };
  await sendTraffic(target, plan, signal);
}
