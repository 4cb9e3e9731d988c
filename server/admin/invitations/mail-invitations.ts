import { sendEmail } from "#server/alerting/notifications/channels/send-email.ts";
import { Message } from "#server/alerting/notifications/contract.ts";
import type { Outside } from "#server/alerting/notifications/outside.ts";
import type { InvitationDelivery, InvitationMail } from "#server/platform/identity/invitations/invitation-mail.ts";

/** Returns how links of invitations reach people: through the mail server of the installation, if there is one. */
export function mailInvitations(outside: Outside): InvitationDelivery {
  const send = async (mail: InvitationMail) => {
    const { error } = await sendEmail(outgoingOf(mail), [mail.to], outside);
    return { error };
  };
  return { publicUrl: outside.publicUrl, send: outside.mail ? send : undefined };
}

function outgoingOf({ id, workspaceName, invitedByName, role, path, expiresAt }: InvitationMail) {
  const message = Message.parse({
    title: `Invitation to ${workspaceName} in Leeway`,
    lines: [
      `${invitedByName} invites you to the workspace ${workspaceName}.`,
      "Nothing happens unless you accept. If you do not know the sender, ignore this mail.",
    ],
    facts: [
      { name: "Role", value: role },
      { name: "Valid until", value: `${expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC` },
    ],
    severity: "info",
    status: "info",
    links: [{ text: "Open the invitation", path }],
  });
  return { id, kind: "notice" as const, message, key: id, thread: id, at: new Date() };
}
