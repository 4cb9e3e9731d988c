import type { LabelSettings } from "../contract.ts";
import { hashShare } from "./hash-share.ts";

/** Tasks in which a newcomer gets more gold items. */
const newcomerTasks = 50;
const newcomerGoldShare = 0.2;

/**
 * Decides what a person is given next: a task of the random audit at every fifth (or what the project says), a gold item at a share of all,
 * which is larger for a newcomer, else the first of the queue. Gold items come at places that only the server can compute, so that nobody
 * can count them. docs/spec/labelling.md section 2.3.
 * @param seed of the project, which no client sees
 * @param given tasks given to the person before this one
 */
export function drawKind(
  { auditShare, goldShare }: Pick<LabelSettings, "auditShare" | "goldShare">,
  { seed, person, given }: { seed: string; person: string; given: number },
): "audit" | "gold" | "queue" {
  if (isAuditTurn(auditShare, given)) return "audit";
  const share = goldShare > 0 && given < newcomerTasks ? Math.max(goldShare, newcomerGoldShare) : goldShare;
  // Audit turns have none, so the others have more for the share to hold for all.
  const among = share / Math.max(1 - auditShare, share);
  return hashShare(`gold ${seed} ${person} ${given}`) < among ? "gold" : "queue";
}

/** Spreads audit turns evenly: those at which the number that is due rises. */
const isAuditTurn = (share: number, given: number) =>
  Math.floor((given + 1) * share + 1e-9) > Math.floor(given * share + 1e-9);
