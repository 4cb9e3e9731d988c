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

/** The list that an address is below, for the way back from what is not there; undefined for the list itself and for no area. */
export function areaOf(path: string): Area | undefined {
  return [...settings, ...allNavItems].find(({ href }) => path.startsWith(`${href}/`));
}
