import { Tabs } from "#components/ui/tabs.tsx";

const areas = {
  alerts: { label: "Alerts", href: "/alerts" },
  rules: { label: "Rules", href: "/alerts/rules" },
  silences: { label: "Silences", href: "/alerts/silences" },
  routes: { label: "Routes", href: "/alerts/routes" },
  receivers: { label: "Receivers", href: "/alerts/receivers" },
} as const;

export type AlertsArea = keyof typeof areas;

/** Renders the tabs of the alerts, with the current one marked. */
export function AlertsTabs({ current }: { current: AlertsArea }) {
  const items = Object.entries(areas).map(([area, item]) => ({ ...item, current: area === current }));
  return <Tabs label="Alerts" items={items} />;
}

/** Returns the breadcrumbs to an area of the alerts, or to a page below it. */
export function alertsCrumbs(area: AlertsArea, isAbove = false) {
  const { label, href } = areas[area];
  const crumb = { label, ...(isAbove && { href }) };
  return area === "alerts" ? [crumb] : [{ label: "Alerts", href: "/alerts" }, crumb];
}
