import { createHash } from "node:crypto";
import { absolute, alertTitle, cut, inOrder, type Outgoing } from "./outgoing.ts";

const maxAlerts = 50;

export interface Email {
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** Headers that let mail programs put the messages of one group into one thread. */
  inReplyTo?: string;
  references?: string;
}

/**
 * Formats a message as an email. Messages of one group share one root and one subject, from which mail programs build a thread; the id of a
 * message is the same at every attempt, so that servers and programs may drop duplicates.
 */
export function toEmail({ id, thread, message, firstTitle }: Outgoing, publicUrl: string): Email {
  const host = new URL(publicUrl).hostname;
  const root = `<${createHash("sha256").update(thread).digest("hex").slice(0, 32)}@${host}>`;
  const subject = firstTitle === undefined ? message.title : `Re: ${firstTitle}`;
  return {
    subject: cut(subject.replaceAll(/\s+/g, " "), 250),
    text: textOf(message, publicUrl),
    html: htmlOf(message, publicUrl),
    messageId: `<${id}@${host}>`,
    inReplyTo: root,
    references: root,
  };
}

function textOf({ title, lines, facts, alerts, links, reason }: Outgoing["message"], publicUrl: string): string {
  const parts = [
    [title],
    lines,
    facts.map(({ name, value }) => `${name}: ${value}`),
    alerts.length > 1 ? listOf(alerts) : [],
    links.map(({ text, path }) => `${text}: ${absolute(publicUrl, path)}`),
    reason ? [`You received this because: ${reason}.`] : [],
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n");
}

function listOf(alerts: Outgoing["message"]["alerts"]): string[] {
  const shown = inOrder(alerts)
    .slice(0, maxAlerts)
    .map((alert) => `- ${alert.status}: ${alertTitle(alert)} (since ${alert.startsAt.toISOString()})`);
  return alerts.length > maxAlerts ? [...shown, `and ${alerts.length - maxAlerts} more`] : shown;
}

/** Without a doctype tables would have a type size of their own; phones would shrink what has no viewport, and dark programs show white. */
const head =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  '<meta name="color-scheme" content="light dark"></head><body style="margin:16px">';
const cell = "vertical-align:top;padding:2px";

/** Uses inline styles because mail programs drop style sheets, and no background colours, so that dark themes keep theirs. */
function htmlOf(
  { title, lines, facts, alerts, links, reason, status }: Outgoing["message"],
  publicUrl: string,
): string {
  const colour = { firing: "#c92a2a", acknowledged: "#e8590c", resolved: "#2b8a3e", info: "#1971c2" }[status];
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td style="${cell} 16px 2px 0;opacity:.75">${escaped(name)}</td><td style="${cell} 0"><b>${escaped(value)}</b></td></tr>`,
  );
  const list = alerts.length > 1 ? listOf(alerts).map((line) => `<li>${escaped(line.replace(/^- /, ""))}</li>`) : [];
  const buttons = links.map(
    ({ text, path }) =>
      `<a href="${escaped(absolute(publicUrl, path))}" style="margin-right:16px">${escaped(text)}</a>`,
  );
  return [
    head,
    `<div style="font-family:sans-serif;font-size:14px;line-height:1.5;border-left:4px solid ${colour};padding-left:16px">`,
    `<h2 style="font-size:18px;margin:0 0 8px">${escaped(title)}</h2>`,
    ...lines.map((line) => `<p style="margin:0 0 8px">${escaped(line)}</p>`),
    ...(rows.length > 0 ? [`<table style="border-collapse:collapse;margin:8px 0">${rows.join("")}</table>`] : []),
    ...(list.length > 0 ? [`<ul>${list.join("")}</ul>`] : []),
    ...(buttons.length > 0 ? [`<p>${buttons.join("")}</p>`] : []),
    ...(reason ? [`<p style="opacity:.75">Sent because: ${escaped(reason)}.</p>`] : []),
    "</div></body></html>",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
