import { taskStates } from "#server/serve/tasks/contract.ts";

const text = { type: "string" };
const maybe = (type: string, more: object = {}) => ({ type: [type, "null"], ...more });
const moment = { type: "string", format: "date-time" };

/** Headers that control a request with a later response; its body is that of any inference request. */
export const submissionHeaders: Record<string, string> = {
  "Idempotency-Key":
    "Repeating the same request with this key returns the original task; a different request is rejected with 409.",
  "Leeway-Input": "ID of an input uploaded to /v2/task-inputs, used instead of a body.",
  "Leeway-Expires-In": "Seconds until the task expires if it has not started. Defaults to the endpoint setting.",
  "Leeway-Webhook-Url":
    "Webhook called when the task finishes. Defaults to the endpoint setting. Requires a webhook secret on the endpoint.",
};

const taskResponses = {
  id: text,
  state: { type: "string", enum: taskStates },
  model_name: text,
  model_version: maybe("string", { description: "The version that served the task, or that was requested." }),
  submitted_at: moment,
  finished_at: maybe("string", { format: "date-time" }),
  attempts: { type: "integer", minimum: 0, description: "Number of attempts started." },
  error: maybe("string", { description: "Error of the last attempt." }),
  status_url: text,
};

/** Schemas of tasks, by the names that operations refer to. */
export const taskSchemas = {
  Bytes: { type: "string", contentMediaType: "application/octet-stream" },
  Task: {
    type: "object",
    required: [...Object.keys(taskResponses), "result_url"],
    properties: {
      ...taskResponses,
      expires_at: moment,
      started_at: maybe("string", { format: "date-time" }),
      next_try_at: maybe("string", { format: "date-time" }),
      error_status: maybe("integer"),
      result_url: { ...text, description: "Returns 409 until the task has succeeded." },
    },
  },
  TaskInput: {
    type: "object",
    required: ["id", "size", "expires_at"],
    properties: { id: text, size: { type: "integer" }, expires_at: moment },
  },
  TaskEvent: {
    type: "object",
    required: ["entity", "action", "timestamp", "data"],
    properties: {
      entity: { const: "task" },
      action: { enum: taskStates.filter((state) => state !== "queued" && state !== "running") },
      timestamp: moment,
      data: {
        type: "object",
        required: [...Object.keys(taskResponses), "result_url"],
        properties: {
          ...taskResponses,
          result_url: maybe("string", { description: "Null until the task has succeeded." }),
        },
      },
    },
  },
};

/** Explains how a receiver recognises that a webhook is Leeway's, and not an old one. */
export const webhookDescription = `Sent when a task has ended, at least once and under the same \`X-MLflow-Delivery-Id\` each time: respond with 2xx, and deduplicate by ID. Leeway makes up to nine attempts within a day. It does not contain the result: fetch \`result_url\` with your token. Check the signature with the endpoint's secret, and reject deliveries older than five minutes:

\`\`\`python
import base64, hashlib, hmac, time

def is_genuine(secret: str, headers, body: bytes) -> bool:
    sent = headers["X-MLflow-Timestamp"]
    if abs(time.time() - int(sent)) > 300:
        return False
    signed = f"{headers['X-MLflow-Delivery-Id']}.{sent}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    # For a day after the secret was changed there are two signatures.
    return any(hmac.compare_digest(wanted, given) for given in headers["X-MLflow-Signature"].split())
\`\`\``;
