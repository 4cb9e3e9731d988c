import { Tabs } from "#components/ui/tabs.tsx";

const areas = {
  people: "People",
  tokens: "Tokens",
  "service-accounts": "Service accounts",
  webhooks: "Webhooks",
  security: "Security",
  transfer: "Import and export",
  trash: "Trash",
  workspace: "Workspace",
  workspaces: "All workspaces",
  "recurring-work": "Recurring work",
  account: "Your account",
};

export type SettingsArea = keyof typeof areas;

/** Renders the tabs of the settings, with the current one marked. */
export function SettingsTabs({ current }: { current: SettingsArea }) {
  const items = Object.entries(areas).map(([area, label]) => ({
    label,
    href: `/settings/${area}`,
    current: area === current,
  }));
  return <Tabs label="Settings" items={items} />;
}

/** Returns the breadcrumbs to a settings area, or to a page below it. */
export function settingsCrumbs(area: SettingsArea, isAbove = false) {
  const crumb = { label: areas[area], ...(isAbove && { href: `/settings/${area}` }) };
  return [{ label: "Settings", href: "/settings" }, crumb];
}
