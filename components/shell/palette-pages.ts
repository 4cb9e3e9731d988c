import { IconFileText, IconHelp, IconPlus, IconRocket, IconSettings, type TablerIcon } from "@tabler/icons-react";
import { allNavItems } from "./nav-items.ts";

interface PaletteLink {
  label: string;
  href: string;
  /** Area that it belongs to: "Alerts", "setting". */
  area: string;
  icon: TablerIcon;
  keys?: string[];
}

const below = (area: string, links: Record<string, string>): PaletteLink[] =>
  Object.entries(links).map(([href, label]) => {
    const icon = allNavItems.find((item) => href.startsWith(`${item.href}/`))?.icon ?? IconFileText;
    return { label, href, area, icon: area === "setting" ? IconSettings : icon };
  });

/** All pages of the console that are no single thing: those of the navigation, their tabs, settings, help. */
export const palettePages: readonly PaletteLink[] = [
  ...allNavItems.map(({ label, href, icon, key }) => ({ label, href, area: "", icon, keys: ["G", key] })),
  { label: "Getting started", href: "/getting-started", area: "", icon: IconRocket },
  { label: "Help", href: "/help", area: "", icon: IconHelp },
  ...below("Overview", {
    "/overview/now": "Now",
    "/overview/kpis": "KPIs",
    "/overview/reviews": "Reviews",
  }),
  ...below("Alerts", {
    "/alerts/rules": "Alert rules",
    "/alerts/silences": "Silences",
    "/alerts/routes": "Routes",
    "/alerts/receivers": "Receivers",
  }),
  ...below("On call", {
    "/on-call/schedules": "Schedules",
    "/on-call/teams": "Teams",
    "/on-call/policies": "Escalation policies",
    "/on-call/handover": "Handover",
  }),
  ...below("Incidents", { "/incidents/runbooks": "Runbooks", "/incidents/actions": "Follow-up actions" }),
  ...below("Costs", { "/costs/budgets": "Budgets", "/costs/prices": "Prices" }),
  ...below("Jobs", {
    "/jobs/sweeps": "Sweeps",
    "/jobs/templates": "Job templates",
    "/jobs/engines": "Training engines",
  }),
  ...below("Features", {
    "/features/services": "Feature services",
    "/features/sources": "Feature sources",
    "/features/materialisations": "Materialisations",
    "/training-sets": "Training sets",
  }),
  ...below("setting", {
    "/settings/people": "People",
    "/settings/tokens": "Access tokens",
    "/settings/service-accounts": "Service accounts",
    "/settings/webhooks": "Webhooks",
    "/settings/security": "Security",
    "/settings/transfer": "Import and export",
    "/settings/trash": "Trash and retention",
    "/settings/workspace": "Workspace",
    "/settings/workspaces": "All workspaces",
    "/settings/recurring-work": "Recurring work",
    "/settings/account": "Your account",
  }),
];

/** Forms that create something, by address; `denials` of the shell say who may not. */
export const createLinks: readonly PaletteLink[] = Object.entries({
  "/slos/new": "Create SLO…",
  "/alerts/rules/new": "Create alert rule…",
  "/alerts/silences/new": "Create silence…",
  "/game-days/new": "Plan a game day…",
  "/incidents/runbooks/new": "Create runbook…",
  "/jobs/new": "Submit job…",
  "/jobs/sweeps/new": "Start sweep…",
  "/jobs/templates/new": "Create job template…",
  "/features/new": "Create feature view…",
  "/training-sets/new": "Create training set…",
  "/labels/new": "Create label project…",
  "/retraining/new": "Create retraining policy…",
}).map(([href, label]) => ({ href, label, area: "", icon: IconPlus }));
