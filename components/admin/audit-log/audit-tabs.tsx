import { Tabs } from "#components/ui/tabs.tsx";
import { type AuditView, auditAddress } from "./audit-address.ts";

interface AuditTabsProps {
  scope: AuditView["scope"];
  /** Whether the reader administers the installation. */
  isInstanceAdmin: boolean;
}

/** Tabs of the audit log: changes in the workspace, one's own sign-ins, and all sign-ins of the installation. */
export function AuditTabs({ scope, isInstanceAdmin }: AuditTabsProps) {
  const items: { label: string; scope: AuditView["scope"] }[] = [
    { label: "Workspace", scope: undefined },
    { label: "Your sign-ins", scope: "own-sign-ins" },
  ];
  if (isInstanceAdmin) items.push({ label: "Installation", scope: "installation" });
  return (
    <Tabs
      label="Audit log views"
      items={items.map((item) => ({
        label: item.label,
        href: auditAddress({ q: "", scope: item.scope }),
        current: item.scope === scope,
      }))}
    />
  );
}
