import { allNavItems } from "./nav-items.ts";

interface Area {
  label: string;
  href: string;
}

/** Lists below the settings that things have pages in. */
const settings: Area[] = [
  { label: "Webhooks", href: "/settings/webhooks" },
  { label: "Import and export", href: "/settings/transfer" },
];

/** Returns the list page above an address, for the link back from a missing page; undefined for a list itself or outside all areas. */
export function areaOf(path: string): Area | undefined {
  return [...settings, ...allNavItems].find(({ href }) => path.startsWith(`${href}/`));
}
