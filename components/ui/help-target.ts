/** Words that anchors have in lower case only. */
const spelling: Record<string, string> = { kpis: "KPIs", leeway: "Leeway", slo: "SLO", slos: "SLOs" };

/** Address of a guide in the console. @param target guide and heading: "on-call#alert-rules" */
export function helpHref(target: string): string {
  return `/help/${target}`;
}

/** Returns the heading of a target from its anchor: "on-call#alert-rules" is "Alert rules". */
export function helpTopic(target: string): string {
  const words = target.slice(target.indexOf("#") + 1).split("-");
  const text = words.map((word) => spelling[word] ?? word).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
