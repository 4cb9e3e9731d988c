import type { GettingStarted, GettingStartedStep } from "#server/report/overview/contract.ts";

interface Words {
  title: string;
  /** Benefit of the step, shown until it is done. */
  purpose: string;
  /** Badge label while waiting for the step. */
  waiting: string;
  /** Minutes it takes. */
  minutes: number;
}

export const stepLabels: Record<GettingStartedStep["key"], Words> = {
  workspace: {
    title: "Create the workspace",
    purpose: "Where your models, data and people live",
    waiting: "Waiting",
    minutes: 1,
  },
  token: {
    title: "Create an access token",
    purpose: "API clients use it to log runs and request predictions",
    waiting: "Waiting for the first token",
    minutes: 1,
  },
  run: {
    title: "Log your first run",
    purpose: "Send one metric from your training code",
    waiting: "Waiting for the first run",
    minutes: 2,
  },
  version: {
    title: "Register a model version",
    purpose: "An ONNX file, from a run or from your disk",
    waiting: "Waiting for the first version",
    minutes: 2,
  },
  endpoint: {
    title: "Deploy it",
    purpose: "An endpoint with a stable address",
    waiting: "Waiting for the first deployment",
    minutes: 1,
  },
  prediction: {
    title: "Request your first prediction",
    purpose: "A request to the gateway, with curl or Python",
    waiting: "Waiting for the first prediction",
    minutes: 1,
  },
};

/** Returns the current step: the first that is not done. */
export function openStep({ steps }: Pick<GettingStarted, "steps">): GettingStartedStep | undefined {
  return steps.find(({ doneAt }) => doneAt === null);
}

/** Returns the minutes that the remaining steps will take. */
export function minutesLeft({ steps }: Pick<GettingStarted, "steps">): number {
  return steps.reduce((sum, { key, doneAt }) => (doneAt === null ? sum + stepLabels[key].minutes : sum), 0);
}
