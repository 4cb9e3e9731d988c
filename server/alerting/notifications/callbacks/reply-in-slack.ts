import type { Callback, CallbackReceipt } from "./contract.ts";

/** Hosts of Slack's response URLs: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const slackHost = /^hooks\.slack(-gov)?\.com$/;

/**
 * Builds the private reply to the user who clicked a button, if the click did not have its effect; otherwise the message itself changes.
 * @returns undefined when there is nothing to reply, or no URL to reply to
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
