import type { Answer, AnswerReceipt } from "./contract.ts";

/** Addresses that Slack gives for answers: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const slackHost = /^hooks\.slack(-gov)?\.com$/;

/**
 * What whoever pressed a button is told alone, where it did not do what it says; the message itself changes otherwise.
 * @returns undefined where there is nothing to tell, or nobody at Slack to tell it to
 */
export function replyInSlack({
  outcome,
  isDone,
  answer,
}: Pick<AnswerReceipt, "outcome" | "isDone"> & { answer: Pick<Answer, "action" | "responseUrl"> }):
  | { url: string; body: string }
  | undefined {
  const { action, responseUrl } = answer;
  if (action !== "acknowledge" || isDone || outcome === "" || !responseUrl) return undefined;
  if (!URL.canParse(responseUrl)) return undefined;
  const { protocol, hostname } = new URL(responseUrl);
  if (protocol !== "https:" || !slackHost.test(hostname)) return undefined;
  const told = { response_type: "ephemeral", replace_original: false, text: `Not acknowledged. ${outcome}` };
  return { url: responseUrl, body: JSON.stringify(told) };
}
