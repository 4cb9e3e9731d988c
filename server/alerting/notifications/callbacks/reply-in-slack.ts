import type { Callback, CallbackReceipt } from "./contract.ts";

/** Addresses that Slack gives for answers: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const slackHost = /^hooks\.slack(-gov)?\.com$/;

/**
 * What whoever pressed a button is told alone, where it did not do what it says; the message itself changes otherwise.
 * @returns undefined where there is nothing to tell, or nobody at Slack to tell it to
 */
export function replyInSlack({
  outcome,
  isDone,
  callback,
}: Pick<CallbackReceipt, "outcome" | "isDone"> & { callback: Pick<Callback, "action" | "responseUrl"> }):
  | { url: string; body: string }
  | undefined {
  const { action, responseUrl } = callback;
  if (action !== "acknowledge" || isDone || outcome === "" || !responseUrl) return undefined;
  if (!URL.canParse(responseUrl)) return undefined;
  const { protocol, hostname } = new URL(responseUrl);
  if (protocol !== "https:" || !slackHost.test(hostname)) return undefined;
  const body = { response_type: "ephemeral", replace_original: false, text: `Not acknowledged. ${outcome}` };
  return { url: responseUrl, body: JSON.stringify(body) };
}
