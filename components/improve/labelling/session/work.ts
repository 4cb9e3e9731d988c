import type { Sent } from "#components/improve/labelling/answers/answer-sender.ts";
import type { AnswerBody } from "#components/improve/labelling/answers/answer-store.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { LabelGroup } from "#server/improve/labelling/answers/groups/contract.ts";
import type { LabelValue, TaskSource } from "#server/improve/labelling/contract.ts";
import type { GivenTask, NextTask, RenewedLeases } from "#server/improve/labelling/queue/contract.ts";

/** What the labelling page asks its route for. */
export type WorkRequest =
  | { kind: "next"; queue: TaskSource | null; except: number[] }
  | ({ kind: "answer"; owner: string } & AnswerBody)
  | { kind: "undo"; taskId?: number }
  | { kind: "skip"; taskId: number }
  | { kind: "prediction"; taskId: number }
  | { kind: "field"; taskId: number; field: string; reason: string }
  | { kind: "alike"; groupKey: string }
  | { kind: "renew"; taskIds: number[] };

/** What a gold item expected, for the person who answered it. */
export interface GoldFeedback {
  isCorrect: boolean;
  expected: LabelValue;
  explanation: string;
}

type AnswerResult =
  | { kind: "stored"; isSurplus: boolean; gold: GoldFeedback | null }
  | { kind: "refused" | "later"; problem: string };

export interface WorkResults {
  next: NextTask;
  answer: AnswerResult;
  undo: { task: GivenTask; value: LabelValue | null; note: string; released: number[] };
  skip: null;
  prediction: LabelValue | null;
  field: { value: unknown };
  alike: Pick<LabelGroup, "label" | "waiting">;
  renew: RenewedLeases;
}

const expired = "Your session has ended. Sign in again in another tab; labels stay in this browser.";

/**
 * Calls the route of the labelling page. A server action would wait for the one before it, and renders the page anew.
 * @throws TypeError if the server cannot be reached, Error with a message for the user if it refuses
 */
export async function requestWork<Kind extends WorkRequest["kind"]>(
  path: string,
  request: Extract<WorkRequest, { kind: Kind }>,
): Promise<Wire<WorkResults[Kind]>> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
    redirect: "manual",
    // An answer still arrives when the page is closed meanwhile.
    keepalive: request.kind === "answer" && JSON.stringify(request).length < 60_000,
  });
  if (response.type === "opaqueredirect") throw new Error(expired);
  const state = (await response.json().catch(() => undefined)) as ActionState<Wire<WorkResults[Kind]>> | undefined;
  if (state?.ok) return state.data as Wire<WorkResults[Kind]>;
  const [field] = Object.values(state?.fieldErrors ?? {});
  throw new Error(state?.error ?? field ?? `The server responded with status ${response.status}.`);
}

interface SendOptions {
  path: string;
  /** Workspace, person and project whose answer it is: another person may have signed in since. */
  owner: string;
  onGold: (gold: GoldFeedback) => void;
}

/** Sends an answer for an `AnswerSender`. @throws TypeError if the server cannot be reached */
export async function sendAnswer({ path, owner, onGold }: SendOptions, body: AnswerBody): Promise<Sent> {
  try {
    const result = await requestWork<"answer">(path, { kind: "answer", owner, ...body });
    if (result.kind !== "stored") return { kind: result.kind, problem: result.problem };
    if (result.gold) onGold(result.gold);
    return { kind: "stored", surplus: result.isSurplus };
  } catch (error) {
    // What fetch throws without a network.
    if (error instanceof TypeError) throw error;
    return { kind: "later", problem: (error as Error).message };
  }
}

/** Says why a call failed. */
export function describeFailure(error: unknown): string {
  return error instanceof TypeError ? "Could not reach Leeway." : (error as Error).message;
}
