import { normalQuantile } from "../normal.ts";

/** Requests of one arm, and those of them that failed. */
interface RequestCounts {
  requests: number;
  bad: number;
}

export interface MinuteCounts {
  canary: RequestCounts;
  baseline: RequestCounts;
}

/** A common way of judging a rollout by fixed settings, beside which Leeway's is shown. */
export interface ThresholdPeer {
  name: string;
  /** Rule as a sentence for the UI. */
  rule: string;
  /** Returns the minute, from 1, at whose end it rolls back; undefined when it does not. */
  rollsBackAt: (minutes: readonly MinuteCounts[]) => number | undefined;
}

const none: RequestCounts = { requests: 0, bad: 0 };
const add = (a: RequestCounts, b: RequestCounts) => ({ requests: a.requests + b.requests, bad: a.bad + b.bad });
/** Checks the success rate of a window. A window without traffic is a failed check, as in the tools that these examples come from. */
const succeeds = ({ requests, bad }: RequestCounts, least: number) => requests > 0 && 1 - bad / requests >= least;

/** Success of 99% in every minute: the tolerance that both tools have when no limit of failures is named. */
const strict: ThresholdPeer = {
  name: "Strict threshold",
  rule: "Rolls back if the canary has a success rate below 99% after one minute.",
  rollsBackAt: (minutes) => afterMinute(minutes.findIndex(({ canary }) => canary.bad > 0.01 * canary.requests)),
};

/** The example of Argo Rollouts' documentation: success of 95% over 5 minutes, every 5 minutes, failureLimit 3. */
const argoExample: ThresholdPeer = {
  name: "Argo Rollouts' example",
  rule: "Rolls back at the fourth check with a canary success rate below 95% over 5 minutes, checked every 5 minutes.",
  rollsBackAt: (minutes) => {
    let failures = 0;
    for (let end = 5; end <= minutes.length; end += 5) {
      const window = minutes.slice(end - 5, end).reduce((sum, { canary }) => add(sum, canary), none);
      if (!succeeds(window, 0.95)) failures += 1;
      if (failures > 3) return end;
    }
    return undefined;
  },
};

/** Example in Flagger's documentation: success of 99%, every minute, threshold 10; failures never expire. */
const flaggerExample: ThresholdPeer = {
  name: "Flagger's example",
  rule: "Rolls back one minute after the tenth minute with a canary success rate below 99%.",
  rollsBackAt: (minutes) => {
    let failures = 0;
    const last = minutes.findIndex(({ canary }) => {
      if (!succeeds(canary, 0.99)) failures += 1;
      return failures === 10;
    });
    const acts = afterMinute(last);
    return acts !== undefined && acts < minutes.length ? acts + 1 : undefined;
  },
};

/** Fixed-sample test evaluated every minute, as dashboards tempt users to do. */
const peekedTest: ThresholdPeer = {
  name: "Peeked z-test",
  rule: "Rolls back when a one-sided 5% z-test of both error rates, evaluated every minute, is significant.",
  rollsBackAt: (minutes) => {
    const limit = normalQuantile(0.95);
    let [canary, baseline] = [none, none];
    return afterMinute(
      minutes.findIndex((minute) => {
        [canary, baseline] = [add(canary, minute.canary), add(baseline, minute.baseline)];
        return zScore(canary, baseline) > limit;
      }),
    );
  },
};

export const thresholdPeers: readonly ThresholdPeer[] = [strict, argoExample, flaggerExample, peekedTest];

const afterMinute = (index: number) => (index < 0 ? undefined : index + 1);

/** Computes the difference of two shares divided by its pooled standard error; 0 when that is 0. */
function zScore(a: RequestCounts, b: RequestCounts): number {
  const pooled = (a.bad + b.bad) / (a.requests + b.requests);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.requests + 1 / b.requests));
  return error > 0 && Number.isFinite(error) ? (a.bad / a.requests - b.bad / b.requests) / error : 0;
}
