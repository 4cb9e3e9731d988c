import type { State } from "#components/ui/status-shape.tsx";
import type { PromotionRequest, RequestState } from "#server/release/promotion/contract.ts";

/** Icon and label of each request state. */
export const requestStateLabels: Record<RequestState, { state: State; word: string }> = {
  checking: { state: "running", word: "Running gates" },
  held: { state: "missed", word: "Blocked" },
  ready: { state: "watch", word: "Awaiting approval" },
  approved: { state: "finished", word: "Approved" },
  rejected: { state: "rolled-back", word: "Rejected" },
  withdrawn: { state: "paused", word: "Withdrawn" },
  void: { state: "paused", word: "Invalid" },
};

export type Verb = "approve" | "reject" | "withdraw";

type Subject = Pick<PromotionRequest, "modelName" | "version" | "alias" | "fromVersion" | "gates" | "requestedBy">;

/** Describes a decision for its dialog: question, evidence, consequences, buttons. */
export function describeDecision(verb: Verb, request: Subject) {
  const { modelName, version, alias, fromVersion } = request;
  const from = fromVersion === null ? "nothing" : `v${fromVersion}`;
  const stays = { label: "Alias", value: `${alias} stays on ${from}` };
  const again = { label: "Undo", value: "request it again" };
  const words = {
    approve: {
      title: `Point ${alias} to ${modelName} v${version}?`,
      consequences: [
        {
          label: "Alias",
          value: fromVersion === null ? `${alias} points to v${version}` : `${alias} moves from ${from} to v${version}`,
        },
        { label: "Clients", value: `models:/${modelName}@${alias} now resolves to v${version}` },
        { label: "Traffic", value: "not affected: endpoints keep serving the version that was deployed" },
        {
          label: "Undo",
          value:
            fromVersion === null ? `remove ${alias}` : `request ${alias} for ${from} again, or move it with a reason`,
        },
      ],
      reasons: ["Evidence is convincing", "Agreed with the team"],
      confirmLabel: `Approve v${version}`,
      cancelLabel: fromVersion === null ? "Cancel" : `Keep ${from}`,
    },
    reject: {
      title: `Reject ${modelName} v${version} as ${alias}?`,
      consequences: [stays, { label: "Request", value: `is closed; ${request.requestedBy} sees your reason` }, again],
      reasons: ["Not enough evidence", "Too risky now"],
      confirmLabel: "Reject request",
      cancelLabel: "Cancel",
    },
    withdraw: {
      title: `Withdraw the request for ${modelName} v${version}?`,
      consequences: [stays, { label: "Request", value: "is closed and stays in the history" }, again],
      reasons: ["A better version is coming", "Requested by mistake"],
      confirmLabel: "Withdraw request",
      cancelLabel: "Cancel",
    },
  } as const satisfies Record<Verb, object>;
  return { ...words[verb], evidence: describeEvidence(request) };
}

function describeEvidence({ gates }: Subject): string {
  const waived = gates.filter(({ standing: status }) => status === "waived").map(({ title }) => title);
  const open = gates
    .filter(({ standing: status }) => status !== "waived" && status !== "passed")
    .map(({ title }) => title);
  if (gates.length === 0) return "The model policy has no gates, so nothing was checked.";
  const passed = gates.length - waived.length - open.length;
  return [
    `${passed} of ${gates.length} gates passed`,
    ...(waived.length > 0 ? [`waived: ${waived.join(", ")}`] : []),
    ...(open.length > 0 ? [`not passed: ${open.join(", ")}`] : []),
  ]
    .join("; ")
    .concat(".");
}

/** Describes the effects of a promotion request on the alias. */
export function requestConsequences(input: {
  modelName: string;
  version: number;
  alias: string;
  before: number | undefined;
}) {
  const { version, alias, before } = input;
  return [
    {
      label: "Gates",
      value: before === undefined ? "run now" : `run now, compared with v${before}, the current ${alias}`,
    },
    { label: "Decision", value: "by an operator or admin other than you" },
    { label: "If approved", value: `${alias} points to v${version}, and the history records who and why` },
    { label: "Undo", value: "withdraw the request while it is open" },
  ];
}
