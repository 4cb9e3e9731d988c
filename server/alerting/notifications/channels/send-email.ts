import { createTransport } from "nodemailer";
import type { Outside } from "../outside.ts";
import { toEmail } from "./email-message.ts";
import type { DeliveryOutcome, Outcome } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";

/** Each step of the conversation; a lease is longer than a usual one. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000, dnsTimeout: 5_000 };

/** Sends a message to one or more addresses through the mail server of the installation. */
export async function sendEmail(outgoing: Outgoing, to: readonly string[], outside: Outside): Promise<DeliveryOutcome> {
  const { mail, publicUrl } = outside;
  if (!mail) {
    const error = "No mail server is configured. Ask your Leeway administrator to set LEEWAY_SMTP_URL.";
    return { outcome: "failed", durationMs: 0, status: null, answer: null, error };
  }
  const started = performance.now();
  const transport = createTransport({ url: mail.url, ...timeouts });
  const finish = (outcome: Omit<DeliveryOutcome, "durationMs">) => ({
    ...outcome,
    durationMs: Math.round(performance.now() - started),
  });
  try {
    const info = await transport.sendMail({
      from: mail.from,
      to: [...to],
      ...toEmail(outgoing, publicUrl),
      date: outgoing.at,
    });
    const status = Number.parseInt(info.response, 10) || null;
    const rejected = info.rejected.map(String);
    const error = rejected.length > 0 ? `Rejected for ${rejected.join(", ")}.` : null;
    return finish({ outcome: "delivered", status, answer: info.response.slice(0, 1024), error });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const failure: Error & { code?: string; responseCode?: number; response?: string } = error;
    const { responseCode, response } = failure;
    const kept = { status: responseCode ?? null, answer: response?.slice(0, 1024) ?? null, error: error.message };
    return finish({ outcome: outcomeOfMail(failure), ...kept });
  } finally {
    transport.close();
  }
}

/** Maps an SMTP error: by RFC 5321, 4xx is temporary and 5xx permanent; a wrong password is retried until the operator corrects it. */
function outcomeOfMail(error: { code?: string; responseCode?: number }): Outcome {
  if (error.code === "EAUTH") return "failed";
  const { responseCode = 0 } = error;
  return responseCode >= 500 && responseCode < 600 ? "refused" : "failed";
}
